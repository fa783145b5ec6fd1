import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { mayflyValidatorErrors } from '../errors.ts';
import type { Duties } from './duties.ts';
import { DutyLoop } from './duty-loop.ts';

const network = { genesisTimeSeconds: 1_000, slotMs: 3_000 };
const genesisMs = 1_000_000;

const noAnswer = () =>
  mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-BEACON', { url: 'http://a', reason: 'ECONNREFUSED' });
const refusal = () =>
  mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-BEACON', {
    url: 'http://a',
    reason: 'past',
    status: 400,
  });
const otherNetwork = () =>
  mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-OTHER-NETWORK', {
    url: 'http://a',
    found: '0x1',
    expected: '0x2',
  });

interface Setup {
  readonly startMs?: number;
  readonly duties?: (clock: VirtualClock) => Partial<Duties>;
}

/** Runs the loop with duties that write down what they are told, and when, from genesis on; no block is ever seen. */
function start({ startMs = genesisMs - 1_000, duties = () => ({}) }: Setup = {}) {
  const clock = new VirtualClock(startMs);
  const stopping = new AbortController();
  const calls: string[] = [];
  const note = (what: string) => void calls.push(`${clock.nowMs() - genesisMs} ${what}`);
  const collect = (what: string) => async () => note(what);
  const scripted = duties(clock);
  const loop = new DutyLoop({
    duties: {
      prove: async () => note('prove'),
      recheck: async () => undefined,
      ...scripted,
      prepare: async (epoch) => {
        note(`prepare ${epoch}`);
        await scripted.prepare?.(epoch);
      },
      propose: async (slot) => {
        note(`propose ${slot}`);
        await scripted.propose?.(slot);
      },
      attest: async (slot) => {
        await scripted.attest?.(slot);
        note(`attest ${slot}`);
        return collect(`aggregate ${slot}`);
      },
      signHead: async (slot) => {
        await scripted.signHead?.(slot);
        note(`sign ${slot}`);
        return collect(`contribute ${slot}`);
      },
    },
    head: { head: undefined, reached: () => new Promise(() => undefined) },
    network,
    clock,
    log: silentLog,
    signal: stopping.signal,
  });
  const done = loop.run();
  done.catch(() => undefined);
  onTestFinished(async () => {
    stopping.abort();
    await done.catch(() => undefined);
  });
  const of = (what: string) => calls.filter((call) => call.includes(what));
  return { clock, calls, of, loop, done };
}

describe("the loop of a validator client's duties", () => {
  it('prepares before genesis, proposes at the start, votes after a third and collects after two', async () => {
    const { clock, calls } = start();
    await clock.advance(1_000 + 2_999);
    expect(calls).toEqual([
      '-1000 prove',
      '-1000 prepare 0',
      '0 propose 0',
      '1000 attest 0',
      '1000 sign 0',
      '2000 aggregate 0',
      '2000 contribute 0',
    ]);
  });

  it('learns the next epoch in the second half of this one, so that no first slot waits for it', async () => {
    const { clock, of } = start();
    await clock.advance(1_000 + 33 * 3_000);
    expect(of('prepare')).toEqual(['-1000 prepare 0', '50000 prepare 1']);
    expect(of('propose 32')).toEqual(['96000 propose 32']);
  });

  it('does the duties of a slot while those of the one before still last', async () => {
    const { clock, of } = start({
      duties: (clock) => ({
        signHead: (slot) =>
          slot === 1 ? clock.sleep(20_000).then(() => undefined) : Promise.resolve(undefined),
      }),
    });
    await clock.advance(1_000 + 11_999);
    expect(of('attest')).toEqual(['1000 attest 0', '4000 attest 1', '7000 attest 2', '10000 attest 3']);
  });

  it('goes on with the duties that it knows when the node takes no preparation', async () => {
    const { clock, of } = start({ duties: () => ({ prepare: () => Promise.reject(noAnswer()) }) });
    await clock.advance(1_000 + 5_999);
    expect(of('attest')).toEqual(['1000 attest 0', '4000 attest 1']);
  });

  it('does not begin anew with a node that refuses something', async () => {
    const { clock, of } = start({ duties: () => ({ signHead: () => Promise.reject(refusal()) }) });
    await clock.advance(1_000 + 8_999);
    expect(of('attest')).toHaveLength(3);
    expect(of('pr')).toEqual([
      '-1000 prove',
      '-1000 prepare 0',
      '0 propose 0',
      '3000 propose 1',
      '6000 propose 2',
    ]);
  });

  it('loses no other duty to one that fails', async () => {
    const { clock, of } = start({ duties: () => ({ propose: () => Promise.reject(noAnswer()) }) });
    await clock.advance(1_000 + 8_999);
    expect(of('attest')).toEqual(['1000 attest 0', '4000 attest 1', '7000 attest 2']);
    expect(of('sign')).toHaveLength(3);
    expect(of('prepare')).toEqual(['-1000 prepare 0', '3000 prepare 0', '6000 prepare 0']);
  });

  it('makes up for the votes of slots that were slept through in this epoch, and for nothing else', async () => {
    const { clock, of } = start({ startMs: genesisMs + 29.5 * 3_000 });
    await clock.advance(1_600);
    expect(of('propose')).toEqual(['90000 propose 30']);
    // The timer of slot 31 comes due at the start of slot 35.
    clock.jump(4 * 3_000);
    await clock.advance(4_500);
    expect(of('attest')).toEqual([
      '103000 attest 30',
      '105000 attest 32',
      '105000 attest 33',
      '105000 attest 34',
      '106000 attest 35',
    ]);
    expect(of('propose')).toEqual(['90000 propose 30', '105000 propose 35']);
    expect(of('sign')).toEqual(['103000 sign 30', '106000 sign 35']);
  });

  it('signs nothing before the node is proven, and ends when it is of another network', async () => {
    const { clock, calls, done } = start({ duties: () => ({ prove: () => Promise.reject(otherNetwork()) }) });
    await clock.advance(1_000 + 3_000);
    await expect(done).rejects.toMatchObject({ code: 'EPH-MAYFLY-VALIDATOR-OTHER-NETWORK' });
    expect(calls).toEqual([]);
  });

  it('asks who we are once more when keys changed while it was asking', async () => {
    const answers: (() => void)[] = [];
    const { clock, of, loop } = start({
      duties: () => ({ prepare: () => new Promise<void>((resolve) => answers.push(resolve)) }),
    });
    await clock.advance(500);
    loop.keysChanged();
    answers.shift()?.();
    await clock.advance(500);
    answers.shift()?.();
    await clock.advance(3_000);
    expect(of('prepare')).toEqual(['-1000 prepare 0', '0 prepare 0']);
  });
});
