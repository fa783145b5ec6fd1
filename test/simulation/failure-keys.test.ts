import { describe, expect, it } from 'vitest';
import { known } from '../../src/base/answer.ts';
import { identityName } from '../../src/core/network/identity.ts';
import { scheduleOf } from '../../src/core/network/schedule.ts';
import { protectionFolder } from '../../src/core/node/protection-choice.ts';
import { fakeClient } from './fake-clients.ts';
import type { Invariants } from './invariants.ts';
import { identityOf, network } from './network.ts';
import { eachInWatchedWorld } from './watched-world.ts';
import { nodeSetup, type World } from './world.ts';

const startOf = (iteration: number) => scheduleOf(network, iteration).startSeconds;

let world: World;
let invariants: Invariants;
const { live, iterations, starts, argsOf, folders } = eachInWatchedWorld((made, watching) => {
  world = made;
  invariants = watching;
});

describe('keys and protection', () => {
  it('protection of the old iteration is neither used nor removed', async () => {
    await live();
    await world.advanceTo(startOf(11));
    await world.until(() => world.eventsOf('reset.live').length === 2 && world.isRunning('validator'));
    expect(world.disk.protection.map((store) => store.genesisValidatorsRoot)).toEqual([
      identityOf(10).genesisValidatorsRoot,
      identityOf(11).genesisValidatorsRoot,
    ]);
    expect(argsOf('validator')).toContain(identityOf(11).genesisValidatorsRoot.slice(2, 10));
  });

  it('what the validator client was told by its user goes along to the new network', async () => {
    const definition = fakeClient('validator', 'gamma', { toldFiles: ['settings.json'] });
    const validator = nodeSetup.validator && { ...nodeSetup.validator, definition };
    world.setup = { ...nodeSetup, ...(validator === undefined ? {} : { validator }) };
    await live();
    await world.advanceTo(startOf(11));
    await world.until(() => world.eventsOf('reset.live').length === 2 && world.isRunning('validator'));
    const [first, second] = world.disk.protection.map(protectionFolder);
    expect([...world.disk.keptOf]).toEqual([[second, { folder: first, names: ['settings.json'] }]]);
  });

  it('a forced reset of the same iteration: a new directory, the same protection', async () => {
    await live();
    const signing = argsOf('validator').split(' ')[0];
    await world.controller.resetNow({ force: true });
    await world.until(() => world.eventsOf('reset.live').length === 2 && world.isRunning('validator'));
    expect(folders()).toEqual([identityName(identityOf(10)), `${identityName(identityOf(10))}-2`]);
    expect(argsOf('validator').split(' ')[0]).toBe(signing);
    expect(world.eventsOf('reset.completed')[1]).toMatchObject({ cause: 'forced', iteration: 10 });
    await expect(world.controller.resetNow({ force: false })).rejects.toMatchObject({
      code: 'EPH-NODE-NOTHING-TO-RESET',
    });
  });

  it('another validator client in the same iteration: a fresh store with the history of the first', async () => {
    await live();
    world.kill();
    const validator = nodeSetup.validator && {
      ...nodeSetup.validator,
      definition: fakeClient('validator', 'delta'),
    };
    world.setup = { ...nodeSetup, ...(validator === undefined ? {} : { validator }) };
    const merged: string[] = [];
    world.mergeProtection = async (earlier) => {
      merged.push(...earlier.map((store) => `${store.client}-${store.number}`));
    };
    world.boot();
    await world.until(() => argsOf('validator').includes('delta-2'));
    expect(merged).toEqual(['gamma-1']);
    expect(starts('execution')).toBe(1);
  });

  it('fewer keys than before: the validator client stays down until a person says so', async () => {
    await live();
    invariants.expectLoss('key main/k3');
    world.disk.keystores.set('main', ['k1', 'k2']);
    await world.advanceTo(startOf(11) + 120);
    expect(iterations()).toEqual([11, 11]);
    expect(world.isRunning('validator')).toBe(false);
    expect(world.findingCodes()).toContain('EPH-NODE-KEYS-FEWER');
    world.disk.keystores.set('main', ['k1', 'k2', 'k3']);
    await world.until(() => world.isRunning('validator'));
  });

  it('as many keys as before, but others: the validator client alone stops, and starts with consent', async () => {
    await live();
    invariants.expectLoss('key main/k3');
    world.disk.keystores.set('main', ['k1', 'k2', 'x3']);
    await world.until(() => !world.isRunning('validator'));
    expect(world.findingCodes()).toContain('EPH-NODE-KEYS-FEWER');
    await world.advanceTo(startOf(11) + 120);
    expect(iterations()).toEqual([11, 11]);
    expect(world.isRunning('validator')).toBe(false);
    await world.controller.consent('fewer-keys', 'k1+k2+x3');
    await world.until(() => world.isRunning('validator'));
    expect(world.controller.journalState.keys?.keys).toEqual(['k1', 'k2', 'x3']);
    expect(starts('execution')).toBe(2);
  });

  it('more keys than before: nothing is asked', async () => {
    await live();
    world.disk.keystores.set('main', ['k0', 'k1', 'k2', 'k3']);
    await world.advanceTo(startOf(11));
    await world.until(() => world.eventsOf('reset.live').length === 2 && world.isRunning('validator'));
    expect(world.controller.journalState.keys?.count).toBe(4);
  });

  it('a damaged store of protection: the validator client stops, no new store is opened, the others run on', async () => {
    await live();
    const [store] = world.disk.protection;
    if (store === undefined) throw new Error('there is no store');
    world.disk.damagedProtection.add(protectionFolder(store));
    await world.until(() => !world.isRunning('validator'));
    await world.advance(60_000);
    expect(world.findingCodes()).toContain('EPH-NODE-PROTECTION-DAMAGED');
    expect(world.disk.protection).toHaveLength(1);
    expect([starts('execution'), starts('consensus'), starts('validator')]).toEqual([1, 1, 1]);
    world.disk.damagedProtection.clear();
    await world.until(() => world.isRunning('validator'));
    expect(world.disk.protection).toHaveLength(1);
  });

  it('a store of protection that is gone although the validator client ran on it: no new one is opened', async () => {
    await live();
    const kept = world.disk.protection.splice(0);
    invariants.expectLoss(`protection ${identityOf(10).genesisValidatorsRoot}/gamma-1`);
    await world.until(() => world.findingCodes().includes('EPH-NODE-PROTECTION-DAMAGED'));
    world.kill();
    world.boot();
    await world.advance(60_000);
    expect(world.findingCodes()).toContain('EPH-NODE-PROTECTION-DAMAGED');
    expect(world.isRunning('validator')).toBe(false);
    expect(world.disk.protection).toEqual([]);
    world.disk.protection.push(...kept);
    await world.until(() => world.isRunning('validator'));
  });

  it('protection that cannot be read at first: the others come up, the validator client waits', async () => {
    world.publishOnTime();
    world.boot();
    await world.until(() => world.eventsOf('reset.live').length === 1 && world.isRunning('validator'));
    world.kill();
    world.host.reboot();
    let sick = true;
    world.protectionRead = () => {
      if (sick) throw Object.assign(new Error('EIO: input/output error'), { code: 'EIO' });
    };
    world.boot();
    await world.until(() => world.isRunning('consensus'));
    await world.advance(60_000);
    expect(world.findingCodes()).toContain('EPH-NODE-PROTECTION-UNREADABLE');
    expect(world.isRunning('validator')).toBe(false);
    sick = false;
    await world.until(() => world.isRunning('validator'));
  });

  it('a keystore password that does not fit: told, and left alone after five tries', async () => {
    world.behaviour = (run) =>
      run.spec.name === 'home.validator' ? { exitsAfterMs: 300, exitCode: 1 } : { readyAfterMs: 100 };
    world.publishOnTime();
    world.boot();
    await world.until(() => world.findingCodes().includes('EPH-NODE-VALIDATOR-LEFT-ALONE'));
    await world.advanceTo(startOf(11) - 5);
    expect(starts('validator')).toBe(5);
    expect(world.findingCodes()).not.toContain('EPH-NODE-CLIENT-EXITS');
    expect(starts('consensus')).toBe(1);
    // The next iteration is a new try, and so is a person's own.
    await world.advanceTo(startOf(11) + 200);
    expect(iterations()).toEqual([11, 11]);
    expect(starts('validator')).toBe(10);
    world.behaviour = () => ({ readyAfterMs: 100 });
    world.kill();
    world.boot();
    await world.until(() => world.isRunning('validator'));
  });

  it('somebody else signs with our keys: the validator client waits', async () => {
    world.guard = { quiet: async () => known(false) };
    world.publishOnTime();
    world.boot();
    await world.until(() => world.eventsOf('reset.live').length === 1);
    await world.advance(60_000);
    expect(starts('validator')).toBe(0);
    expect(world.findingCodes()).toContain('EPH-NODE-KEYS-ACTIVE-ELSEWHERE');
    world.guard = { quiet: async () => known(true) };
    await world.until(() => world.isRunning('validator'));
  });
});
