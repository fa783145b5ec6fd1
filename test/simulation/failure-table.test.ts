import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../src/base/answer.ts';
import { identityName } from '../../src/core/network/identity.ts';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import { fakeClient } from './fake-clients.ts';
import type { Invariants } from './invariants.ts';
import { bundleOf, identityOf, network } from './network.ts';
import { eachInWatchedWorld } from './watched-world.ts';
import { nodeSetup, type World } from './world.ts';

const startOf = (iteration: number) => scheduleOf(network, iteration).startSeconds;
const periodMs = network.periodSeconds * 1000;

let world: World;
let invariants: Invariants;
const { begin, live, iterations, starts, argsOf, folders } = eachInWatchedWorld((made, watching) => {
  world = made;
  invariants = watching;
});

describe('releases', () => {
  it('missing at T: the validator client stops, the others run on, and it starts late', async () => {
    await live();
    world.shelf.answer = () => ({ answer: 'not-yet', detail: 'HTTP 404' });
    await world.advanceTo(startOf(11) + 5);
    expect(world.isRunning('validator')).toBe(false);
    expect(iterations()).toEqual([10, 10]);
    expect(world.findingCodes()).not.toContain('EPH-NODE-RELEASE-LATE');
    await world.advanceTo(startOf(11) + 330);
    expect(world.findingCodes()).toContain('EPH-NODE-RELEASE-LATE');
    expect(folders()).toHaveLength(1);
    const asked = world.shelf.asked;
    await world.advance(300_000);
    expect(world.shelf.asked - asked).toBeGreaterThanOrEqual(300 / 60);
    expect(world.shelf.asked - asked).toBeLessThanOrEqual(300 / 15);
    world.publishOnTime();
    await world.until(() => world.eventsOf('reset.completed').length === 2, 90_000);
    const report = world.eventsOf('reset.completed')[1];
    expect(report?.waitedMs).toBeGreaterThan(600_000);
    expect(report?.ownMs).toBeLessThan(1_000);
    await world.until(() => world.isRunning('validator'));
    expect(iterations()).toEqual([11, 11]);
  });

  it('published in time: at T validator client, consensus and execution stop, in this order', async () => {
    await live();
    await world.advanceTo(startOf(11));
    await world.until(() => world.eventsOf('reset.live').length === 2 && world.isRunning('validator'));
    const stops = world.eventsOf('step.done').filter(({ step }) => step.startsWith('stop '));
    expect(stops.map(({ step }) => step)).toEqual([
      'stop validator: the network resets',
      'stop consensus: the network resets',
      'stop execution: the network resets',
    ]);
  });

  it('unknown because of an outage: nothing is stopped before T and nothing removed after it', async () => {
    await live();
    world.shelf.answer = () => ({ answer: 'unknown', reason: 'HTTP 403: rate limit' });
    await world.advanceTo(startOf(11) - 1);
    expect(world.isRunning('validator')).toBe(true);
    await world.advanceTo(startOf(11) + 900);
    expect(iterations()).toEqual([10, 10]);
    expect(folders()).toEqual([identityName(identityOf(10))]);
  });

  it('"latest" is the next network already: a fresh install takes the iteration of the clock', async () => {
    await begin({ startMs: (startOf(11) - 300) * 1000 });
    world.publishOnTime();
    world.shelf.hold(world.publish(bundleOf(11)));
    world.boot();
    await world.until(() => world.eventsOf('reset.completed').length === 1);
    expect(iterations()).toEqual([10, 10]);
    await world.advanceTo(startOf(11));
    await world.until(() => world.eventsOf('reset.completed').length === 2);
    expect(iterations()).toEqual([11, 11]);
  });

  it('of the next iteration is fetched ahead, and changes nothing before T', async () => {
    await live();
    await world.advanceTo(startOf(11) - network.prefetchLeadSeconds - 30);
    expect(world.shelf.heldOf(11)).toEqual([]);
    await world.advanceTo(startOf(11) - network.prefetchLeadSeconds + 60);
    expect(world.shelf.heldOf(11)).toHaveLength(1);
    await world.advanceTo(startOf(11) - 1);
    expect(iterations()).toEqual([10, 10]);
    expect([starts('execution'), starts('consensus'), starts('validator')]).toEqual([1, 1, 1]);
  });

  it('with another root under the same number: told, and followed only with consent', async () => {
    await live();
    const again = world.publish(bundleOf(10, { edition: ' again' }));
    world.shelf.hold(again);
    await world.advance(120_000);
    expect(world.findingCodes()).toContain('EPH-NODE-IDENTITY-CHANGED');
    expect(world.truth.networkUnder('consensus')).toEqual(identityOf(10));
    await world.controller.consent('changed-identity', identityName(again.identity));
    await world.until(() => world.eventsOf('reset.completed').length === 2);
    expect(world.truth.networkUnder('consensus')).toEqual(again.identity);
    await world.until(() => world.isRunning('validator'));
    const roots = world.disk.protection.map((store) => store.genesisValidatorsRoot);
    expect(new Set(roots).size).toBe(2);
    await world.advance(120_000);
    expect(world.findingCodes()).not.toContain('EPH-NODE-IDENTITY-CHANGED');
  });

  it('with another root under the same number before T: told, and the first is gone to without consent', async () => {
    await live();
    await world.advanceTo(startOf(11) - 20);
    world.shelf.hold(world.publish(bundleOf(11, { edition: ' again' })));
    await world.advanceTo(startOf(11) + 60);
    expect(world.findingCodes()).toContain('EPH-NODE-IDENTITY-CHANGED');
    expect(world.truth.networkUnder('consensus')).toEqual(identityOf(11));
  });

  it('with another root under the same number before T, and consent: the second is gone to', async () => {
    await live();
    await world.advanceTo(startOf(11) - 20);
    const again = world.publish(bundleOf(11, { edition: ' again' }));
    world.shelf.hold(again);
    await world.controller.consent('changed-identity', identityName(again.identity));
    await world.advanceTo(startOf(11) + 60);
    expect(world.truth.networkUnder('consensus')).toEqual(again.identity);
    expect(world.findingCodes()).not.toContain('EPH-NODE-IDENTITY-CHANGED');
  });

  it('with another interval, delay or base: told, and accepted only with consent', async () => {
    await live();
    const changed = world.publish(bundleOf(11, { genesisDelaySeconds: 300 }));
    world.shelf.answer = () => changed;
    await world.advanceTo(startOf(11) + 60);
    expect(world.findingCodes()).toContain('EPH-NODE-SCHEDULE-CHANGED');
    expect(iterations()).toEqual([10, 10]);
    await world.controller.consent('changed-schedule', identityName(changed.identity));
    await world.until(() => world.eventsOf('reset.completed').length === 2);
    expect(iterations()).toEqual([11, 11]);
  });

  it('with other bootnodes: given to the clients, and the node keeps its own key', async () => {
    const program = (context: { enodes: readonly string[] }) => ({ args: [...context.enodes], env: {} });
    const definition = fakeClient('execution', 'alpha', { program });
    world.setup = { ...nodeSetup, execution: { ...nodeSetup.execution, definition } };
    world.shelf.answer = (i) => world.publish(bundleOf(i, { enodes: [`enode://${i}`] }));
    world.boot();
    await world.until(() => world.isRunning('validator'));
    expect(argsOf('execution')).toBe('enode://10');
    await world.advanceTo(startOf(11));
    await world.until(() => world.eventsOf('reset.live').length === 2);
    expect(argsOf('execution')).toBe('enode://11');
    const chain = world.disk.chains.get(identityName(identityOf(11)));
    expect([...(chain?.clients.get('execution.alpha') ?? [])]).toEqual(['execution.alpha.key']);
  });

  it('with a fork that a client does not reach: refused with the reason, nothing is stopped for it', async () => {
    await live();
    world.shelf.answer = (i) => world.publish(bundleOf(i, { highestFork: 'gloas' }));
    await world.advanceTo(startOf(11) + 60);
    expect(world.findingCodes()).toContain('EPH-NODE-CLIENT-TOO-OLD');
    expect(iterations()).toEqual([10, 10]);
    expect(world.isRunning('validator')).toBe(false);
  });
});

describe('clocks', () => {
  it('measured far off: no reset begins, and the validator client goes on', async () => {
    await live();
    world.clock.jump(periodMs);
    world.skew = async () => known(periodMs);
    await world.advance(60_000);
    expect(world.findingCodes()).toContain('EPH-NODE-CLOCK-BLOCKS-RESET');
    expect(iterations()).toEqual([10, 10]);
    expect(world.isRunning('validator')).toBe(true);
  });

  it('measured far off before the first start: nothing is started until it is right', async () => {
    world.skew = async () => known(121_000);
    world.publishOnTime();
    world.boot();
    await world.advance(120_000);
    expect(world.findingCodes()).toContain('EPH-NODE-CLOCK-BLOCKS-RESET');
    expect([starts('execution'), folders().length]).toEqual([0, 0]);
    world.skew = async () => known(119_000);
    await world.until(() => world.isRunning('validator'));
    expect(world.findingCodes()).not.toContain('EPH-NODE-CLOCK-BLOCKS-RESET');
  });

  it('is waited for before the first start, and not afterwards', async () => {
    const waits: boolean[] = [];
    world.skew = async (patience) => {
      waits.push(patience !== undefined);
      return unknown('no host answered');
    };
    await live();
    expect(waits[0]).toBe(true);
    expect(waits.at(-1)).toBe(false);
  });

  it('that cannot be measured: never a block', async () => {
    await live();
    world.skew = async () => unknown('no host answered');
    await world.advanceTo(startOf(11) + 60);
    expect(iterations()).toEqual([11, 11]);
  });

  it('set back: the node stays on the highest iteration proven', async () => {
    await live();
    await world.advanceTo(startOf(11) + 200);
    expect(iterations()).toEqual([11, 11]);
    world.clock.jump(-periodMs);
    await world.advance(300_000);
    expect(iterations()).toEqual([11, 11]);
    expect(world.isRunning('validator')).toBe(true);
    expect(world.findingCodes()).toContain('EPH-NODE-CLOCK-BEHIND');
    await world.controller.consent('older-iteration', '10');
    await world.until(() => world.iterationOf('consensus') === 10);
  });

  it('set forward past a release that is not there: the validator client waits, and nothing else happens', async () => {
    await live();
    world.clock.jump(5 * periodMs);
    await world.advance(120_000);
    expect(iterations()).toEqual([10, 10]);
    expect(world.isRunning('validator')).toBe(false);
    world.clock.jump(-5 * periodMs);
    await world.until(() => world.isRunning('validator'));
    expect(starts('execution')).toBe(1);
  });
});

describe('networks that differ', () => {
  it('execution on a wrong genesis: the validator client stops, execution alone is reset', async () => {
    let wrong = true;
    world.truth.faults = {
      ...world.truth.faults,
      wrongGenesis: (layer) => {
        const comes = wrong && layer === 'execution';
        wrong &&= !comes;
        return comes;
      },
    };
    await live();
    expect(folders()).toEqual([identityName(identityOf(10)), `${identityName(identityOf(10))}-2`]);
    expect(starts('execution')).toBe(2);
    expect(starts('consensus')).toBe(1);
    expect(iterations()).toEqual([10, 10]);
  });

  it('execution loses its genesis under a running node: validator client first, consensus stays', async () => {
    await live();
    const lie = {
      ...world.truth.faults,
      lies: (layer: string) => layer === 'execution' && starts('execution') === 1,
    };
    world.truth.faults = lie;
    await world.until(() => starts('execution') === 2, 300_000);
    expect(world.isRunning('validator')).toBe(false);
    await world.until(() => world.isRunning('validator'));
    expect(starts('consensus')).toBe(1);
    expect(folders()).toHaveLength(2);
    expect(world.disk.protection).toHaveLength(1);
  });

  it('a wrong genesis again and again: two new directories, then a person is asked', async () => {
    world.truth.faults = { ...world.truth.faults, wrongGenesis: (layer) => layer === 'execution' };
    world.publishOnTime();
    world.boot();
    await world.advance(400_000);
    expect(folders()).toHaveLength(3);
    expect(world.findingCodes()).toContain('EPH-NODE-WRONG-NETWORK-AGAIN');
    expect(starts('validator')).toBe(0);
    world.truth.faults = { ...world.truth.faults, wrongGenesis: () => false };
    await world.controller.resetNow({ force: true });
    await world.until(() => world.isRunning('validator'));
  });

  it.each(['execution', 'consensus'] as const)(
    '%s left on the old iteration: only that layer moves',
    async (layer) => {
      await live();
      await world.advanceTo(startOf(11));
      await world.until(() => world.eventsOf('reset.live').length === 2 && world.isRunning('validator'));
      const moved = starts(layer);
      const other = layer === 'execution' ? 'consensus' : 'execution';
      const untouched = starts(other);
      const validators = starts('validator');
      // As if the layer's old run had come back: the record says so, and the client agrees.
      const run = world.controller.journalState.runs[layer];
      if (run === undefined) throw new Error('it does not run');
      world.kill();
      const old = identityName(identityOf(10));
      await world.rewriteRun(layer, { ...run, folder: old, identity: old });
      world.boot();
      await world.until(() => starts(layer) === moved + 1 && starts('validator') === validators + 1);
      expect(starts(other)).toBe(untouched);
      expect(iterations()).toEqual([11, 11]);
    },
  );

  it('the wrong answer of one moment changes nothing', async () => {
    await live();
    let lies = 2;
    world.truth.faults = { ...world.truth.faults, lies: () => lies-- > 0 };
    await world.advance(300_000);
    expect(starts('execution')).toBe(1);
    expect(starts('validator')).toBe(1);
  });
});

describe('absence', () => {
  it('the Beacon API is down at T: the reset goes by record and marker', async () => {
    await live();
    world.truth.faults = {
      ...world.truth.faults,
      outage: (layer: string) => (layer === 'consensus' && starts(layer) === 1 ? 'refused' : undefined),
    };
    await world.advanceTo(startOf(11) + 30);
    expect(iterations()).toEqual([11, 11]);
  });

  it('the Beacon API is down on the right iteration: nothing is touched', async () => {
    await live();
    world.truth.faults = { ...world.truth.faults, outage: () => 'refused' };
    await world.advance(500_000);
    expect([starts('execution'), starts('consensus'), starts('validator')]).toEqual([1, 1, 1]);
  });

  it('a client that crashes is started again on the same data, with growing pauses', async () => {
    await live();
    world.behaviour = () => ({ readyAfterMs: 100, exitsAfterMs: 500, exitCode: 0 });
    world.host.crash('home.consensus');
    await world.advance(120_000);
    expect(folders()).toHaveLength(1);
    // Pauses of 1, 2, 4, 8, 16 and 32 s, each end noticed within two seconds.
    expect(starts('consensus')).toBeGreaterThanOrEqual(6);
    expect(starts('consensus')).toBeLessThanOrEqual(8);
    expect(world.findingCodes()).toContain('EPH-NODE-CLIENT-EXITS');
    expect(world.isRunning('validator')).toBe(true);
  });

  it.each(['execution', 'consensus', 'validator'] as const)(
    '%s that ends is noticed at once, however long the network lives',
    async (layer) => {
      await live();
      await world.advance(60_000);
      world.host.crash(`home.${layer}`);
      await world.advance(5_000);
      expect(starts(layer)).toBe(2);
      expect(world.isRunning(layer)).toBe(true);
    },
  );

  it('a container removed by hand is told as that, and the client starts anew on its data', async () => {
    await live();
    expect(world.host.remove('home.consensus')).toBe(true);
    await world.advance(30_000);
    expect(world.findingCodes()).toContain('EPH-NODE-UNIT-REMOVED');
    expect(world.eventsOf('unit.exited').at(-1)).toMatchObject({ layer: 'consensus', wasRemoved: true });
    expect(folders()).toHaveLength(1);
    expect([starts('execution'), starts('consensus'), starts('validator')]).toEqual([1, 2, 1]);
    await world.advance(650_000);
    expect(world.findingCodes()).not.toContain('EPH-NODE-UNIT-REMOVED');
  });

  it('the node was off for more than a period: straight to the iteration of the clock', async () => {
    await live();
    world.kill();
    world.host.reboot();
    await world.advance(3 * periodMs);
    world.boot();
    await world.until(() => world.eventsOf('reset.completed').length === 2);
    expect(world.eventsOf('reset.completed')[1]).toMatchObject({ iteration: 13, previousIteration: 10 });
    expect(folders()).toEqual([identityName(identityOf(10)), identityName(identityOf(13))]);
  });

  it('we were killed at T and come back after it: the clients, which ran on, are reset', async () => {
    await live();
    await world.advanceTo(startOf(11) - 20);
    world.kill();
    await world.advance(200_000);
    expect(iterations()).toEqual([10, 10]);
    world.boot();
    await world.until(() => world.isRunning('validator') && world.iterationOf('consensus') === 11);
  });
});

describe('another manager of resets', () => {
  it('has left its mark in a client directory: the client is not started, and that is told', async () => {
    await live();
    const path = `/chains/${identityName(identityOf(10))}/execution.alpha`;
    world.disk.wrapped.add(path);
    world.host.crash('home.execution');
    await world.advance(120_000);
    expect(starts('execution')).toBe(1);
    const told = world.controller.findings.find(({ code }) => code === 'EPH-NODE-STEP-FAILED');
    expect(told?.facts.code).toBe('EPH-NODE-OTHER-MANAGER');
    world.disk.wrapped.clear();
    await world.until(() => world.isRunning('execution'));
  });
});

describe('this host', () => {
  it('has too little room: the reset waits with the old network untouched, and goes on with room', async () => {
    await live();
    world.disk.freeBytes = 1e6;
    await world.advanceTo(startOf(11) + 60);
    expect(world.findingCodes()).toContain('EPH-NODE-DISK-LOW');
    expect(iterations()).toEqual([10, 10]);
    expect(world.isRunning('validator')).toBe(false);
    world.disk.freeBytes = 100e9;
    await world.until(() => world.iterationOf('consensus') === 11);
  });

  it('has too little room for the release itself: that is told, not that the release is late', async () => {
    await live();
    world.disk.freeBytes = 1e6;
    world.shelf.answer = () => ({ answer: 'unknown', reason: 'no space left on the disk' });
    await world.advanceTo(startOf(11) + 330);
    expect(world.findingCodes()).toContain('EPH-NODE-DISK-LOW');
    expect(world.findingCodes()).not.toContain('EPH-NODE-RELEASE-LATE');
    expect(iterations()).toEqual([10, 10]);
    world.disk.freeBytes = 100e9;
    world.publishOnTime();
    await world.until(() => world.iterationOf('consensus') === 11);
    expect(world.findingCodes()).not.toContain('EPH-NODE-DISK-LOW');
  });

  it('has a full disk at T: the validator client stops all the same', async () => {
    await live();
    world.mayHappen = (moment) => {
      invariants.check(moment);
      if (moment.startsWith('write')) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    };
    await world.advanceTo(startOf(11) + 5);
    expect(world.isRunning('validator')).toBe(false);
    expect(iterations()).toEqual([10, 10]);
    world.mayHappen = (moment) => invariants.check(moment);
    await world.until(() => world.isRunning('validator') && world.iterationOf('consensus') === 11);
  });

  it('has a damaged journal: told, and nothing is touched', async () => {
    await live();
    world.kill();
    const lines = world.disk.journal.split('\n');
    lines[3] = `${lines[3]?.slice(0, -20)}`;
    world.disk.journal = lines.join('\n');
    world.boot();
    await world.advanceTo(startOf(11) + 60);
    expect(world.findingCodes()).toEqual(expect.arrayContaining(['EPH-NODE-JOURNAL-DAMAGED']));
    expect(iterations()).toEqual([10, 10]);
    expect(world.disk.journal).toBe(lines.join('\n'));
  });

  it('has lost its journal: the node is taken over by its markers, on the same data', async () => {
    await live();
    world.kill();
    world.disk.journal = '';
    world.boot();
    await world.until(() => world.isRunning('validator') && world.eventsOf('reset.completed').length === 2);
    expect(folders()).toEqual([identityName(identityOf(10))]);
    expect(world.disk.protection).toHaveLength(1);
  });

  it('is held: the reset waits for its release', async () => {
    await live();
    await world.controller.hold();
    await world.advanceTo(startOf(11) + 300);
    expect(iterations()).toEqual([10, 10]);
    expect(world.isRunning('validator')).toBe(false);
    expect(world.findingCodes()).toContain('EPH-NODE-RESET-HELD');
    await world.controller.release();
    await world.until(() => world.iterationOf('consensus') === 11);
  });

  it('goes down: all stop, slowly enough, and stay down', async () => {
    await live();
    const down = world.controller.down();
    await world.advance(60_000);
    await down;
    expect(world.host.up()).toEqual([]);
    await world.advance(400_000);
    expect(world.host.up()).toEqual([]);
    world.controller.up();
    await world.until(() => world.isRunning('validator'));
  });
});
