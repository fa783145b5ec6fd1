import { describe, expect, it } from 'vitest';
import type { NodeSetup } from '../../src/operations/node/node-setup.ts';
import { Invariants } from './invariants.ts';
import { nodeSetup, oneProgramSetup, World } from './world.ts';

interface Outcome {
  /** How many moments of the switch there were to be killed at. */
  readonly moments: number;
  readonly broken: readonly string[];
}

/** A switch on a live node, in which our process is killed at the n-th moment and started again later. */
async function switchKilledAt(moment: number, from: NodeSetup, to: NodeSetup): Promise<Outcome> {
  const world = new World({ setup: from });
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
  await world.until(() => world.eventsOf('reset.live').length === 1 && world.isRunning('validator'));
  const folders = [...world.disk.chains.keys()];
  world.kill();
  world.setup = to;
  counting = true;
  world.boot();
  await world.advance(10_000);
  counting = false;
  if (!world.isUp) world.boot();
  await world.advance(120_000);
  invariants.check('the end');
  const { broken } = invariants;
  const own = world.host.running('home.consensus');
  if ((own === undefined) !== (to === oneProgramSetup)) broken.push('the consensus client is where it was');
  for (const layer of ['execution', 'consensus'] as const)
    if (world.iterationOf(layer) !== 10) broken.push(`${layer} ends on ${world.iterationOf(layer)}`);
  if (!world.isRunning('validator')) broken.push('the validator client ends down');
  if ([...world.disk.chains.keys()].join() !== folders.join()) broken.push('the chain folder is another');
  await world.end();
  return { moments, broken };
}

describe('a switch between two programs and one', () => {
  it.each([
    ['one', nodeSetup, oneProgramSetup],
    ['two', oneProgramSetup, nodeSetup],
  ])('to %s comes about after a kill at any moment', { timeout: 120_000 }, async (_to, from, to) => {
    const whole = await switchKilledAt(Number.POSITIVE_INFINITY, from, to);
    expect(whole.broken).toEqual([]);
    expect(whole.moments).toBeGreaterThan(50);
    for (let moment = 1; moment <= whole.moments; moment += 1) {
      const { broken } = await switchKilledAt(moment, from, to);
      expect(broken, `a kill at moment ${moment}`).toEqual([]);
    }
  });
});
