import { describe, expect, it } from 'vitest';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import { type NodeSetup, unitLayerOf } from '../../src/operations/node/node-setup.ts';
import { Invariants } from './invariants.ts';
import { network } from './network.ts';
import type { OurLife } from './our-life.ts';
import { nodeSetup, oneProgramSetup, World } from './world.ts';

const startSeconds = scheduleOf(network, 11).startSeconds;

interface Outcome {
  /** How many moments of the reset there were to be killed at. */
  readonly moments: number;
  readonly broken: readonly string[];
  readonly resets: readonly number[];
}

type Disturbance = (world: World, life: OurLife) => void;

/** Our process is killed, half of a line written, and started again later. */
const kill: Disturbance = (_world, life) => life.kill();

/** The configuration is applied: another controller takes the node over. */
const apply: Disturbance = (world) => world.replaceController();

/** A reset that is disturbed at the n-th moment from T on. */
async function resetDisturbedAt(moment: number, disturb: Disturbance, setup: NodeSetup): Promise<Outcome> {
  const world = new World({ setup });
  const invariants = new Invariants(world);
  let moments = 0;
  let counting = false;
  world.torn = () => 0.5;
  world.mayHappen = (what, life) => {
    invariants.check(what);
    if (!counting) return;
    moments += 1;
    if (moments === moment) disturb(world, life);
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
  for (const layer of ['execution', 'consensus', 'validator'] as const) {
    // Once for each network: what ran when we were killed is taken over.
    const starts = world.host.startsOf(`home.${layer}`);
    const expected = unitLayerOf(setup, layer) === layer ? 2 : 0;
    if (starts !== expected) invariants.broken.push(`${layer} was started ${starts} times`);
  }
  const resets = world.eventsOf('reset.live').map((event) => event.iteration);
  await world.end();
  return { moments, broken: invariants.broken, resets };
}

/** What is left of old chain data when we are killed at the n-th moment of their removal, and started again later. */
async function removalKilledAt(
  moment: number,
): Promise<{ readonly moments: number; readonly left: unknown }> {
  const world = new World();
  let moments = 0;
  world.mayHappen = (what, life) => {
    if (what !== 'remove from disk') return;
    moments += 1;
    if (moments === moment) life.kill();
  };
  world.publishOnTime();
  world.boot();
  await world.advanceTo(scheduleOf(network, 12).genesisSeconds + 60);
  if (!world.isUp) world.boot();
  await world.advanceTo(scheduleOf(network, 12).genesisSeconds + 120);
  const { disk } = world;
  const left = {
    chains: [...disk.chains.values()].map(({ identity }) => identity.iteration),
    halfRemoved: [...disk.halfRemoved],
    collected: disk.journal.split('"type":"folder.collected"').length - 1,
  };
  await world.end();
  return { moments, left };
}

describe('the removal of old chain data', () => {
  it('is ended after a kill at any moment of it, and written down', async () => {
    const whole = await removalKilledAt(Number.POSITIVE_INFINITY);
    const done = { chains: [11, 12], halfRemoved: [], collected: 1 };
    expect(whole.left).toEqual(done);
    expect(whole.moments).toBeGreaterThan(1);
    for (let moment = 1; moment <= whole.moments; moment += 1)
      expect((await removalKilledAt(moment)).left, `a kill at moment ${moment}`).toEqual(done);
  });
});

describe('a reset', () => {
  it.each([
    ['two programs', 'a kill', kill, nodeSetup],
    ['two programs', 'another controller', apply, nodeSetup],
    ['one program', 'a kill', kill, oneProgramSetup],
    ['one program', 'another controller', apply, oneProgramSetup],
  ])(
    'of a node of %s completes after %s at any moment',
    async (_programs, what, disturb, setup) => {
      const whole = await resetDisturbedAt(Number.POSITIVE_INFINITY, disturb, setup);
      expect(whole).toMatchObject({ broken: [], resets: [10, 11] });
      expect(whole.moments).toBeGreaterThan(100);
      for (let moment = 1; moment <= whole.moments; moment += 1) {
        const { broken } = await resetDisturbedAt(moment, disturb, setup);
        expect(broken, `${what} at moment ${moment}`).toEqual([]);
      }
    },
    120_000,
  );
});
