import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { SlotOutcome } from './producer.ts';
import { runSlotLoop, type SlotProducer } from './slot-loop.ts';

const genesisMs = 1_000_000;
const times = { genesisMs, slotMs: 3_000 };

interface Setup {
  readonly startMs?: number;
  readonly outcome?: SlotOutcome['kind'];
  readonly delayMs?: number;
  readonly proposalTakesMs?: (slot: number) => number;
}

/** Runs the loop with a producer that writes down what it is told, and when, from genesis on. */
function start({ startMs = genesisMs - 1_000, outcome = 'proposed', delayMs = 0, proposalTakesMs }: Setup) {
  const clock = new VirtualClock(startMs);
  const stopping = new AbortController();
  const calls: string[] = [];
  const note = (what: string, slot: number) => calls.push(`${clock.nowMs() - genesisMs} ${what} ${slot}`);
  const producer: SlotProducer = {
    async propose(slot) {
      note('propose', slot);
      const takesMs = proposalTakesMs?.(slot) ?? 0;
      if (takesMs > 0) await clock.sleep(takesMs);
      return { kind: outcome, root: '0x', reason: 'a test' } as SlotOutcome;
    },
    proposalDelayMs: () => delayMs,
    attest: async (slot) => void note('attest', slot),
    prepareNext: async (slot) => {
      note('prepare after', slot);
      return true;
    },
  };
  const done = runSlotLoop({ producer, times, clock, log: silentLog, signal: stopping.signal });
  const stop = async () => {
    stopping.abort();
    await done;
  };
  onTestFinished(stop);
  return { clock, calls, stop };
}

describe('the slot loop', () => {
  it('proposes at the start of each slot, votes at once, and begins the next payload', async () => {
    const { clock, calls } = start({});
    await clock.advance(1_000 + 6_000);
    expect(calls).toEqual([
      '-1000 prepare after 0',
      '3000 propose 1',
      '3000 attest 1',
      '3000 prepare after 1',
      '6000 propose 2',
      '6000 attest 2',
      '6000 prepare after 2',
    ]);
  });

  it('waits for a block of somebody else: votes after a third, prepares after two', async () => {
    const { clock, calls } = start({ outcome: 'not-ours' });
    await clock.advance(1_000 + 5_999);
    expect(calls.slice(1)).toEqual(['3000 propose 1', '4000 attest 1', '5000 prepare after 1']);
  });

  it('votes before a block that comes later than a third', async () => {
    const { clock, calls } = start({ delayMs: 2_000 });
    await clock.advance(1_000 + 5_999);
    expect(calls.slice(1)).toEqual(['4000 attest 1', '5000 propose 1', '5000 prepare after 1']);
  });

  it('skips the slots that a slow one ran over', async () => {
    const { clock, calls } = start({ proposalTakesMs: (slot) => (slot === 1 ? 7_000 : 0) });
    await clock.advance(1_000 + 12_000);
    expect(calls.filter((call) => call.includes('propose'))).toEqual([
      '3000 propose 1',
      '10000 propose 3',
      '12000 propose 4',
    ]);
  });

  it('begins with the current slot when started in the middle of the chain', async () => {
    const { clock, calls } = start({ startMs: genesisMs + 100_000 });
    await clock.advance(3_000);
    expect(calls).toEqual([
      '100000 prepare after 33',
      '102000 propose 34',
      '102000 attest 34',
      '102000 prepare after 34',
    ]);
  });

  it('ends when it is told to, in the middle of a wait', async () => {
    const { clock, calls, stop } = start({});
    await clock.advance(2_000);
    await stop();
    expect(calls).toEqual(['-1000 prepare after 0']);
  });
});
