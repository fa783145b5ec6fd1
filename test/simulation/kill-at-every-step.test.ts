import { describe, expect, it } from 'vitest';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import { Invariants } from './invariants.ts';
import { network } from './network.ts';
import { World } from './world.ts';

const startSeconds = scheduleOf(network, 11).startSeconds;

interface Outcome {
  /** How many moments of the reset there were to be killed at. */
  readonly moments: number;
  readonly broken: readonly string[];
  readonly resets: readonly number[];
}

/** A reset in which our process is killed at the n-th moment from T on, half of a line written, and started again. */
async function resetKilledAt(moment: number): Promise<Outcome> {
  const world = new World();
  const invariants = new Invariants(world);
  let moments = 0;
  let counting = false;
  world.torn = () => 0.5;
  world.mayHappen = (what, life) => {
    invariants.check(what);
    if (!counting) return;
    moments += 1;
    if (moments === moment) life.kill();
  };
  world.publishOnTime();
  world.boot();
  await world.advanceTo(startSeconds - 1);
  counting = true;
  await world.advanceTo(startSeconds + 4);
  counting = false;
  if (!world.isUp) world.boot();
  await world.advanceTo(startSeconds + 120);
  invariants.check('the end');
  const ends = [world.iterationOf('execution'), world.iterationOf('consensus')];
  if (!world.isRunning('validator')) invariants.broken.push('the validator client ends down');
  if (ends.some((end) => end !== 11)) invariants.broken.push(`ends on ${ends}`);
  for (const layer of ['execution', 'consensus', 'validator']) {
    // Once for each network: what ran when we were killed is taken over.
    const starts = world.host.startsOf(`home.${layer}`);
    if (starts !== 2) invariants.broken.push(`${layer} was started ${starts} times`);
  }
  const resets = world.eventsOf('reset.live').map((event) => event.iteration);
  await world.end();
  return { moments, broken: invariants.broken, resets };
}

describe('a reset', () => {
  it('completes after a kill at any moment', async () => {
    const whole = await resetKilledAt(Number.POSITIVE_INFINITY);
    expect(whole).toMatchObject({ broken: [], resets: [10, 11] });
    expect(whole.moments).toBeGreaterThan(100);
    for (let moment = 1; moment <= whole.moments; moment += 1) {
      const { broken } = await resetKilledAt(moment);
      expect(broken, `killed at moment ${moment}`).toEqual([]);
    }
  }, 120_000);
});
