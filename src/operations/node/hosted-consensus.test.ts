import { afterEach, describe, expect, it } from 'vitest';
import { insideMark } from '../../../test/simulation/chain-truth.ts';
import { Invariants } from '../../../test/simulation/invariants.ts';
import { network } from '../../../test/simulation/network.ts';
import { nodeSetup, oneProgramSetup, World } from '../../../test/simulation/world.ts';
import { scheduleOf } from '../../core/network/schedule.ts';
import { runOf } from '../../core/node/journal-state.ts';
import type { NodeSetup } from './node-setup.ts';

let world: World;
let invariants: Invariants;
afterEach(async () => {
  invariants.check('the end');
  await world.end();
  expect(invariants.broken).toEqual([]);
});

async function live(setup: NodeSetup, prepare: () => void = () => undefined): Promise<void> {
  world = new World({ setup });
  invariants = new Invariants(world);
  world.mayHappen = (moment) => invariants.check(moment);
  prepare();
  world.publishOnTime();
  world.boot();
  await world.until(() => world.eventsOf('reset.live').length === 1 && world.isRunning('validator'));
}

const layers = ['execution', 'consensus'] as const;
const foldersNow = () => layers.map((layer) => runOf(world.controller.journalState, layer)?.folder);
const clientsNow = () => layers.map((layer) => runOf(world.controller.journalState, layer)?.client);
const startsOf = () => layers.map((layer) => world.host.startsOf(`home.${layer}`));
const iterations = () => layers.map((layer) => world.iterationOf(layer));

/** What takes its time on the virtual clock. */
async function passing(work: Promise<void>): Promise<void> {
  let isOver = false;
  const over = work.finally(() => {
    isOver = true;
  });
  await world.until(() => isOver);
  await over;
}

/** As when the configuration is applied: another process takes the node over. */
async function switchTo(setup: NodeSetup, client: string): Promise<void> {
  world.kill();
  world.setup = setup;
  world.boot();
  await world.until(
    () =>
      clientsNow()[1] === client &&
      layers.every((each) => world.isRunning(each)) &&
      world.isRunning('validator'),
  );
}

describe('a node of which one program is both layers', () => {
  it('has one unit, in which each layer is proven, and goes through a reset with it', async () => {
    await live(oneProgramSetup);
    expect(startsOf()).toEqual([1, 0]);
    expect(clientsNow()).toEqual(['alpha', 'inside']);
    expect(new Set(foldersNow()).size).toBe(1);
    expect(world.truth.running('execution')?.run.spec).toMatchObject({
      name: 'home.execution',
      args: [expect.anything(), expect.anything(), insideMark],
      ports: [{ name: 'api', port: 3, exposure: 'loopback' }],
    });
    const proven = world.controller.journalState.proven.map(({ layer, client }) => `${layer}.${client}`);
    expect(proven).toEqual(['execution.alpha', 'consensus.inside']);
    await world.advanceTo(scheduleOf(network, 11).startSeconds + 120);
    expect(startsOf()).toEqual([2, 0]);
    expect(iterations()).toEqual([11, 11]);
    expect(world.isRunning('validator')).toBe(true);
  });

  it('waits with its validator client until both layers are proven', async () => {
    world = new World({ setup: oneProgramSetup });
    invariants = new Invariants(world);
    let isSilent = true;
    world.truth.faults = {
      outage: (layer) => (layer === 'consensus' && isSilent ? 'connection refused' : undefined),
      lies: () => false,
      wrongGenesis: () => false,
    };
    world.publishOnTime();
    world.boot();
    await world.advance(180_000);
    expect(world.isRunning('execution')).toBe(true);
    expect(world.isRunning('validator')).toBe(false);
    const unproven = world.controller.findings.filter(({ code }) => code === 'EPH-NODE-UNPROVEN');
    expect(unproven.map(({ subject }) => subject.layer)).toEqual(['consensus']);
    isSilent = false;
    await world.until(() => world.isRunning('validator'));
  });

  it('is started again when it ends, and tells of it as of one client', async () => {
    await live(oneProgramSetup);
    for (const starts of [2, 3, 4]) {
      world.host.crash('home.execution', { exitCode: 1 });
      await world.until(() => world.isRunning('execution') && startsOf()[0] === starts, 120_000);
      await world.advance(3_000);
    }
    const exits = world.controller.findings.filter(({ code }) => code === 'EPH-NODE-CLIENT-EXITS');
    expect(exits.map(({ subject }) => subject.layer)).toEqual(['execution']);
    expect(world.eventsOf('unit.exited').map(({ layer }) => layer)).toEqual(Array(3).fill('execution'));
    expect(iterations()).toEqual([10, 10]);
  });

  it('is taken over by another process of ours, and stopped by it', async () => {
    await live(oneProgramSetup);
    world.kill();
    world.boot();
    await world.advance(30_000);
    expect(startsOf()).toEqual([1, 0]);
    await passing(world.controller.down());
    expect(layers.map((layer) => world.isRunning(layer))).toEqual([false, false]);
  });

  it('is given up whole when its consensus layer comes up on a wrong network', async () => {
    let wrong = 1;
    await live(oneProgramSetup, () => {
      world.truth.faults = {
        outage: () => undefined,
        lies: () => false,
        wrongGenesis: (layer) => {
          if (layer === 'consensus') wrong -= 1;
          return layer === 'consensus' && wrong === 0;
        },
      };
    });
    expect(startsOf()).toEqual([2, 0]);
    expect(foldersNow().map((folder) => folder?.endsWith('-2'))).toEqual([true, true]);
    expect(iterations()).toEqual([10, 10]);
  });

  it('is not held to what its consensus layer said in an earlier run', async () => {
    let isLying = false;
    await live(oneProgramSetup, () => {
      world.truth.faults = {
        outage: () => undefined,
        lies: (layer) => isLying && layer === 'consensus',
        wrongGenesis: () => false,
      };
    });
    const saidWrong = () => world.controller.status?.observed.wrongInARow.consensus;
    isLying = true;
    await world.until(() => saidWrong() === 2);
    world.host.crash('home.execution', { exitCode: 1 });
    await world.until(() => startsOf()[0] === 2 && saidWrong() === 1);
    isLying = false;
    await world.until(() => saidWrong() === 0);
    expect(world.controller.journalState.condemned).toEqual([]);
  });

  it.each(layers)(
    'is restarted on its data, or begun again in a new directory, for its %s layer',
    async (layer) => {
      await live(oneProgramSetup);
      const before = foldersNow();
      await passing(world.controller.recover({ layer, kind: 'restart' }));
      await world.until(() => world.isRunning('validator') && startsOf()[0] === 2);
      expect(foldersNow()).toEqual(before);
      await passing(world.controller.recover({ layer, kind: 'resync' }));
      await world.until(() => startsOf()[0] === 3 && world.isRunning('validator'));
      expect(foldersNow()).toEqual(before.map((folder) => `${folder}-2`));
      expect(world.disk.chains.has(before[0] ?? '')).toBe(true);
      expect(startsOf()[1]).toBe(0);
    },
  );

  it('begins at a checkpoint, asks another provider when it does not come up, and forgets it once proven', async () => {
    const asked: (readonly string[] | undefined)[] = [];
    world = new World({ setup: oneProgramSetup });
    invariants = new Invariants(world);
    world.checkpoints = {
      choose: async ({ avoid }) => {
        asked.push(avoid);
        const url = avoid?.includes('http://bad') === true ? 'http://good' : 'http://bad';
        return { advice: 'use', url, epoch: 1, root: '0x1', confirmedBy: ['x'] };
      },
      hold: async () => ({ known: false, reason: 'not asked' }),
      findings: () => [],
    };
    world.behaviour = ({ spec }) => ({
      readyAfterMs: 400,
      ...(spec.args.includes('--checkpoint=http://bad') ? { exitsAfterMs: 200, exitCode: 1 } : {}),
    });
    world.publishOnTime();
    world.boot();
    await world.until(() => world.isRunning('validator'), 900_000);
    expect(asked).toEqual([[], ['http://bad']]);
    const args = () => world.truth.running('execution')?.run.spec.args ?? [];
    expect(args()).toContain('--checkpoint=http://good');
    await passing(world.controller.recover({ layer: 'consensus', kind: 'restart' }));
    await world.advance(30_000);
    expect(args().join(' ')).not.toContain('checkpoint=');
  });
});

/** What a kill at the n-th write of the journal leaves of a first start, once we are back. */
async function firstStartKilledAt(write: number): Promise<{ writes: number; starts: readonly number[] }> {
  world = new World({ setup: oneProgramSetup });
  invariants = new Invariants(world);
  let writes = 0;
  world.torn = () => 0.5;
  world.mayHappen = (moment, life) => {
    invariants.check(moment);
    if (!moment.includes('journal') || moment.startsWith('read')) return;
    writes += 1;
    if (writes === write) life.kill();
  };
  world.publishOnTime();
  world.boot();
  await world.advance(20_000);
  if (!world.isUp) world.boot();
  await world.until(() => world.isRunning('validator'));
  const starts = startsOf();
  await world.end();
  return { writes, starts };
}

describe('a first start that is killed', () => {
  it('at any write of its journal has started the program once, and the consensus client never', async () => {
    const whole = await firstStartKilledAt(Number.POSITIVE_INFINITY);
    expect(whole.starts).toEqual([1, 0]);
    expect(whole.writes).toBeGreaterThan(20);
    for (let write = 1; write <= whole.writes; write += 1) {
      const { starts } = await firstStartKilledAt(write);
      expect(starts, `a kill at write ${write}`).toEqual([1, 0]);
      expect(invariants.broken, `a kill at write ${write}`).toEqual([]);
    }
  });
});

describe('a switch', () => {
  it('to one program ends the consensus client and keeps the data of the execution client', async () => {
    await live(nodeSetup);
    const [folder] = foldersNow();
    await switchTo(oneProgramSetup, 'inside');
    expect(world.host.up().map(({ name }) => name)).toEqual(
      expect.arrayContaining(['home.execution', 'home.validator']),
    );
    expect(world.host.running('home.consensus')).toBeUndefined();
    expect(foldersNow()).toEqual([folder, folder]);
    expect(startsOf()).toEqual([2, 1]);
  });

  it('back has the consensus client on the data that it had', async () => {
    await live(nodeSetup);
    const [folder] = foldersNow();
    await switchTo(oneProgramSetup, 'inside');
    await switchTo(nodeSetup, 'beta');
    expect(foldersNow()).toEqual([folder, folder]);
    expect(startsOf()).toEqual([3, 2]);
    expect(iterations()).toEqual([10, 10]);
  });
});
