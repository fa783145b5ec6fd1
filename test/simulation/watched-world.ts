import { afterEach, beforeEach, expect } from 'vitest';
import { Invariants } from './invariants.ts';
import { World, type WorldOptions } from './world.ts';

/**
 * Gives each test of a file a world of its own, in which the invariants are held at every moment. `begin` is for the
 * test that wants another one.
 */
export function eachInWatchedWorld(give: (world: World, invariants: Invariants) => void) {
  let world: World;
  let invariants: Invariants;
  const start = (options: WorldOptions = {}) => {
    world = new World(options);
    invariants = new Invariants(world);
    world.mayHappen = (moment) => invariants.check(moment);
    give(world, invariants);
  };
  const end = async () => {
    invariants.check('the end');
    await world.end();
    expect(invariants.broken).toEqual([]);
  };
  beforeEach(() => start());
  afterEach(end);
  return {
    async begin(options: WorldOptions): Promise<void> {
      await end();
      start(options);
    },
    /** Brings the node up until it is live on iteration 10 with its validator client. */
    async live(): Promise<void> {
      world.publishOnTime();
      world.boot();
      await world.until(() => world.eventsOf('reset.live').length === 1 && world.isRunning('validator'));
    },
    iterations: () => [world.iterationOf('execution'), world.iterationOf('consensus')],
    starts: (layer: string) => world.host.startsOf(`home.${layer}`),
    argsOf: (layer: string) => world.truth.running(layer)?.run.spec.args.join(' ') ?? '',
    folders: () => [...world.disk.chains.keys()],
  };
}
