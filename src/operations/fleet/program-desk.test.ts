import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { artifactErrors } from '../../artifacts/errors.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { ProgramDesk } from './program-desk.ts';

const outage = artifactErrors.create('EPH-ARTIFACT-FETCH', { origin: 'host', problem: 'it does not answer' });
const nowhere = artifactErrors.create('EPH-ARTIFACT-NOT-PUBLISHED', {
  origin: 'host',
  problem: 'status 404',
});

let clock: VirtualClock;
let life: AbortController;
let answer: () => Promise<string>;
let tries: number[];
beforeEach(() => {
  clock = new VirtualClock(1_000_000);
  life = new AbortController();
  tries = [];
  answer = () => Promise.reject(outage);
});
afterEach(() => life.abort());

function desk(): ProgramDesk<string> {
  return new ProgramDesk({
    node: 'home',
    what: 'Geth 1.17.6 (archive)',
    clock,
    random: seededRandom('desk'),
    log: silentLog,
    life: life.signal,
    obtain: () => {
      tries.push(clock.nowMs());
      return answer();
    },
  });
}

describe('programs that cannot be had', () => {
  it('are tried with growing pauses, and there once they can be', async () => {
    const asked = desk();
    const running = asked.run(life.signal);
    while (tries.length < 5) await clock.advance(1_000);
    const pauses = tries.slice(1).map((at, i) => at - (tries[i] ?? 0));
    for (const [i, pause] of pauses.entries()) {
      expect(pause).toBeGreaterThanOrEqual(3_750 * 2 ** i);
      expect(pause).toBeLessThanOrEqual(5_000 * 2 ** i + 1_000);
    }
    answer = async () => 'a node';
    while (asked.obtained === undefined) await clock.advance(1_000);
    expect(await running).toBe('a node');
    expect(asked.findings()).toEqual([]);
  });

  it('are told of: what, why, when it is tried next, and what helps', async () => {
    const asked = desk();
    expect(asked.findings()).toEqual([]);
    await asked.try();
    const [finding] = asked.findings();
    expect(finding).toMatchObject({ code: 'EPH-NODE-PROGRAM-MISSING', subject: { node: 'home' } });
    expect(finding?.facts).toMatchObject({
      target: 'Geth 1.17.6 (archive)',
      code: 'EPH-ARTIFACT-FETCH',
      tries: 1,
    });
    expect(finding?.long).toContain('it does not answer');
    expect(finding?.long).toContain('1970-01-01T00:16:4');
    expect(finding?.remedy).toContain(outage.remedy);
  });

  it('are a definite failure only where no other try does better', async () => {
    const asked = desk();
    await asked.try();
    expect(asked.definiteFailure).toBeUndefined();
    answer = () => Promise.reject(nowhere);
    await asked.try();
    expect(asked.definiteFailure).toBe(nowhere);
  });

  it('are asked for once at a time', async () => {
    const asked = desk();
    await Promise.all([asked.try(), asked.try()]);
    expect(tries).toHaveLength(1);
  });
});
