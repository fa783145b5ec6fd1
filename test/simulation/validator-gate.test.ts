import { afterEach, describe, expect, it } from 'vitest';
import { known } from '../../src/base/answer.ts';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import { runtimeErrors } from '../../src/runtimes/errors.ts';
import { noApiFaults } from './chain-truth.ts';
import { Invariants } from './invariants.ts';
import { network } from './network.ts';
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

  it.each([
    ['EPH-RUNTIME-PORT-TAKEN', 'before anything ran: its signing has ended', {}, ['ended']],
    ['EPH-RUNTIME-START-FAILED', 'before anything ran, too', { nothingRan: true }, ['ended']],
    ['EPH-RUNTIME-START-FAILED', 'and may run all the same: nobody says that it ended', {}, []],
  ] as const)('is looked for anew after a start that failed (%s), %s', async (code, _what, told, ended) => {
    const invariants = begin();
    const asked: string[] = [];
    const note = async (what: string) => {
      // Looked at as often as it takes.
      if (asked.at(-1) !== what) asked.push(what);
    };
    world.guard = {
      quiet: async () => note('quiet').then(() => known(true)),
      begins: () => note('begins'),
      ended: () => note('ended'),
    };
    const { behaviour } = world;
    let failures = 0;
    world.behaviour = (run) => {
      if (run.spec.name !== 'home.validator' || failures === 2) return behaviour(run);
      failures += 1;
      throw runtimeErrors.create(code, { unit: run.spec.name, reason: 'not now', ...told });
    };
    world.boot();
    await world.until(() => world.isRunning('validator'));
    expect(invariants.broken).toEqual([]);
    const failed = ['quiet', 'begins', ...ended];
    const tries = [...failed, ...failed, 'quiet', 'begins'];
    // What ended before the first start is of no interest.
    expect(asked.slice(asked.indexOf('quiet')).slice(0, tries.length)).toEqual(tries);
  });

  it('is ended at once by an alarm, and stays down through a reset until a person says otherwise', async () => {
    const invariants = begin();
    const key = `0x${'ab'.repeat(48)}` as const;
    const told: (readonly string[])[] = [];
    let alarmedAtMs: number | undefined;
    world.guard = {
      quiet: async () => known(true),
      alarm: async ({ slashedBefore }) => {
        told.push(slashedBefore);
        if (slashedBefore.includes(key)) return undefined;
        alarmedAtMs ??= world.clock.nowMs();
        return { reason: 'a key was slashed', slashed: [key] };
      },
    };
    world.boot();
    await world.until(() => world.isRunning('validator'));
    await world.until(() => alarmedAtMs !== undefined && !world.isRunning('validator'));
    // The halt of a person has two seconds; what a node sees itself ends its signer no later.
    expect(world.clock.nowMs() - (alarmedAtMs ?? 0)).toBeLessThan(2_000);
    expect(world.disk.signingOrder).toMatchObject({
      order: 'halt',
      reason: 'a key was slashed',
      slashedBefore: [key],
    });
    await world.until(() => world.findingCodes().includes('EPH-VALIDATORS-HALTED'));
    await world.advanceTo(scheduleOf(network, 11).genesisSeconds);
    await world.until(() => world.iterationOf('consensus') === 11);
    await watch(invariants, 60_000);
    expect(world.isRunning('validator')).toBe(false);
    world.disk.signingOrder = { ...world.disk.signingOrder, order: 'run' };
    await world.until(() => world.isRunning('validator'));
    await watch(invariants, 10_000);
    // The slashing that it was halted for is known: it is no reason to halt again.
    expect([world.isRunning('validator'), told.at(-1)]).toEqual([true, [key]]);
    expect(invariants.broken).toEqual([]);
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
