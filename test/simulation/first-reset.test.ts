import { afterEach, describe, expect, it } from 'vitest';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import { network } from './network.ts';
import { World } from './world.ts';

let world: World;
afterEach(() => world.end());

describe('a node through a reset', () => {
  it('comes up, goes to the next iteration at T, and collects by retention', async () => {
    world = new World();
    world.publishOnTime();
    world.boot();
    await world.until(() => world.eventsOf('reset.live').length === 1);
    expect(world.iterationOf('consensus')).toBe(10);
    await world.advanceTo(scheduleOf(network, 11).startSeconds);
    await world.until(() => world.eventsOf('reset.completed').length === 2, 20_000);
    const [, report] = world.eventsOf('reset.completed');
    expect(report).toMatchObject({ node: 'home', iteration: 11, previousIteration: 10, waitedMs: 0 });
    // Two stops of 0.2 s, the validator's too, and two starts of 0.4 s: the rest is ours.
    expect(report?.totalMs).toBeLessThan(1_700);
    expect(report?.ownMs).toBeLessThan(100);
    await world.until(() => world.eventsOf('reset.live').length === 2);
    expect(world.isRunning('validator')).toBe(true);
    await world.advanceTo(scheduleOf(network, 12).genesisSeconds + 60);
    expect([...world.disk.chains.values()].map((chain) => chain.identity.iteration)).toEqual([11, 12]);
  });
});
