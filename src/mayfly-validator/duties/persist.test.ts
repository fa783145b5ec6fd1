import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { mayflyValidatorErrors } from '../errors.ts';
import { persistBySlot } from './persist.ts';

const network = { genesisTimeSeconds: 1_000, slotMs: 2_000 };

function start(intoSlotMs: number) {
  const clock = new VirtualClock(1_000_000 + 10 * 2_000 + intoSlotMs);
  const stopping = new AbortController();
  const persist = persistBySlot(clock, network, stopping.signal);
  const askedAt: number[] = [];
  /** Answers as told, one after the other; the last for ever. A number is a status, `undefined` no answer at all. */
  const ask = (...statuses: (number | undefined)[]) =>
    persist(async () => {
      askedAt.push(clock.nowMs() - 1_020_000);
      const status = statuses.length > 1 ? statuses.shift() : statuses[0];
      if (status === 200) return 'done';
      const facts = { url: 'http://a', reason: 'a test', ...(status === undefined ? {} : { status }) };
      throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-BEACON', facts);
    });
  return { clock, ask, askedAt, stopping };
}

describe('persisting with a beacon node', () => {
  it('asks again after no answer, 5xx and 429, some twenty times a slot', async () => {
    const { clock, ask, askedAt } = start(300);
    const done = ask(undefined, 503, 429, 200);
    await clock.advance(1_000);
    expect(await done).toBe('done');
    expect(askedAt).toEqual([300, 400, 500, 600]);
  });

  it('gives up at the end of the slot', async () => {
    const { clock, ask, askedAt } = start(1_750);
    const done = expect(ask(undefined)).rejects.toMatchObject({ code: 'EPH-MAYFLY-VALIDATOR-BEACON' });
    await clock.advance(5_000);
    await done;
    expect(askedAt).toEqual([1_750, 1_850, 1_950]);
  });

  it.each([400, 404, 415])('takes %d for an answer', async (status) => {
    const { ask, askedAt } = start(0);
    await expect(ask(status)).rejects.toMatchObject({ facts: { status } });
    expect(askedAt).toEqual([0]);
  });

  it('ends with the client', async () => {
    const { clock, ask, stopping } = start(0);
    const done = expect(ask(undefined)).rejects.toThrow('enough');
    await clock.advance(50);
    stopping.abort(new Error('enough'));
    await done;
  });
});
