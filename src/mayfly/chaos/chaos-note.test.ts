import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { ActiveChaos } from './active-chaos.ts';
import { decodeOrders, encodeOrders } from './chaos-note.ts';

const stall: ActiveChaos = {
  command: { kind: 'stall-api', durationMs: 60_000 },
  fromSlot: 5,
  toSlot: Infinity,
  untilMs: 60_000,
};
const nowMs = 1_700_000_000_000;

/** What is left of the stall for a process that begins at another time of the wall clock. */
function leftMs(laterMs: number): number {
  const bytes = encodeOrders([stall], new VirtualClock(nowMs));
  const [order] = decodeOrders(bytes, new VirtualClock(nowMs + laterMs));
  return order?.untilMs ?? NaN;
}

describe('the note of what is in force', () => {
  it('gives back orders that end by slot, by being cleared and by their effect', () => {
    const orders: ActiveChaos[] = [
      { command: { kind: 'skip-slots', slots: 3 }, fromSlot: 5, toSlot: 7, untilMs: Infinity },
      { command: { kind: 'stop-finality' }, fromSlot: 5, toSlot: Infinity, untilMs: Infinity },
      { command: { kind: 'reorg', depth: 2 }, fromSlot: 6, toSlot: Infinity, untilMs: Infinity },
    ];
    expect(decodeOrders(encodeOrders(orders, new VirtualClock(1)), new VirtualClock(2))).toEqual(orders);
  });

  it('counts the time on while nothing ran', () => {
    expect(leftMs(20_000)).toBe(40_000);
    expect(leftMs(90_000)).toBeLessThan(0);
  });

  it('makes nothing last longer when the wall clock was set back', () => {
    expect(leftMs(-86_400_000)).toBe(60_000);
  });

  it.each(['', '{}', '{"version":2,"orders":[]}', '{"version":1,"orders":[{"fromSlot":1}]}'])(
    'is refused when it is %j',
    (text) => {
      expect(() => decodeOrders(Buffer.from(text), new VirtualClock(0))).toThrow();
    },
  );
});
