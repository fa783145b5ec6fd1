import { afterEach, describe, expect, it } from 'vitest';
import { noApiFaults } from './chain-truth.ts';
import { Invariants } from './invariants.ts';
import { World } from './world.ts';

let world: World;
afterEach(() => world.end());

function begin(): Invariants {
  world = new World();
  world.publishOnTime();
  const invariants = new Invariants(world);
  world.mayHappen = (moment) => invariants.check(moment);
  return invariants;
}

/** Looks at every quarter of a second for so long. */
async function watch(invariants: Invariants, durationMs: number): Promise<void> {
  for (let leftMs = durationMs; leftMs > 0; leftMs -= 250) {
    await world.advance(250);
    invariants.check('between');
  }
}

describe('the validator client', () => {
  it('stays down once a client was given up on a wrong network', async () => {
    const invariants = begin();
    world.truth.faults = { ...noApiFaults, wrongGenesis: (layer) => layer === 'consensus' };
    world.boot();
    await world.until(() => world.findingCodes().includes('EPH-NODE-WRONG-NETWORK-AGAIN'));
    await watch(invariants, 60_000);
    expect(invariants.broken).toEqual([]);
    expect(world.isRunning('validator')).toBe(false);
  });

  it('stays down while there is no room to bring the other clients up', async () => {
    const invariants = begin();
    world.boot();
    await world.until(() => world.isRunning('execution'));
    world.disk.freeBytes = 0;
    await watch(invariants, 60_000);
    expect(world.findingCodes()).toContain('EPH-NODE-DISK-LOW');
    expect(invariants.broken).toEqual([]);
    expect(world.isRunning('validator')).toBe(false);
  });

  it('does not outlive its start when it is told to end at that moment', async () => {
    const invariants = begin();
    const check = world.mayHappen;
    world.mayHappen = (moment, life) => {
      check(moment, life);
      // Whoever says it did not wait for the start to end.
      if (moment.includes('start.after-spawn') && world.isRunning('validator'))
        world.disk.signingOrder = { order: 'halt', reason: 'r', atMs: 1, slashedBefore: [] };
    };
    world.boot();
    await world.until(() => world.disk.signingOrder.order === 'halt');
    await watch(invariants, 10_000);
    expect(invariants.broken).toEqual([]);
    expect(world.isRunning('validator')).toBe(false);
    // It was ended in the step that began it, not at the next look.
    expect(world.disk.journal).toContain('"unit.starting","layer":"validator"');
    expect(world.disk.journal).not.toContain('"unit.started","layer":"validator"');
  });
});
