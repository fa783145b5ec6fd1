import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = new World();
  world.publishOnTime();
  world.boot();
  await world.until(() => world.eventsOf('reset.live').length === 1);
});
afterEach(() => world.end());

const folderOf = (layer: 'execution' | 'consensus') => world.controller.journalState.runs[layer]?.folder;

async function settled(): Promise<void> {
  await world.until(() => world.isRunning('execution') && world.isRunning('consensus'), 60_000);
  await world.advance(5_000);
}

describe('a layer that does not come forward', () => {
  it('is restarted on the data that it has', async () => {
    const before = { folder: folderOf('consensus'), starts: world.host.startsOf('home.consensus') };
    const done = world.controller.recover({ layer: 'consensus', kind: 'restart' });
    await settled();
    await done;
    expect(world.host.startsOf('home.consensus')).toBe(before.starts + 1);
    expect(world.host.startsOf('home.execution')).toBe(1);
    expect(folderOf('consensus')).toBe(before.folder);
  });

  it('begins again in a new directory, and the other layer and the protection stay', async () => {
    const before = { execution: folderOf('execution'), consensus: folderOf('consensus') };
    const protection = [...world.disk.protection.keys()];
    await world.controller.recover({ layer: 'consensus', kind: 'resync' });
    await world.until(() => folderOf('consensus') !== before.consensus, 60_000);
    await settled();
    expect(folderOf('consensus')).toBe(`${before.consensus}-2`);
    expect(folderOf('execution')).toBe(before.execution);
    expect(world.host.startsOf('home.execution')).toBe(1);
    expect([...world.disk.protection.keys()]).toEqual(expect.arrayContaining(protection));
    expect(world.disk.chains.has(before.consensus ?? '')).toBe(true);
    await world.until(() => world.isRunning('validator'), 120_000);
  });

  it('can be the execution client', async () => {
    const before = { execution: folderOf('execution'), consensus: folderOf('consensus') };
    await world.controller.recover({ layer: 'execution', kind: 'resync' });
    await world.until(() => folderOf('execution') !== before.execution, 60_000);
    await settled();
    expect(folderOf('consensus')).toBe(before.consensus);
    expect(world.iterationOf('execution')).toBe(10);
  });
});
