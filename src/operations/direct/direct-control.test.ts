import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { keepVoidExit } from '../../../test/support/void-exit.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { Config } from '../../config/schema.ts';
import { bindConfig } from '../../storage/files/config-binding.ts';
import { openLayout } from '../../storage/files/layout.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import type { EffectiveConfig, FleetRequest, Services } from '../services.ts';
import { DirectControl } from './direct-control.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ephemery-direct-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const config = {
  id: 'built-in:test',
  config: { nodes: {}, networks: {} } as unknown as Config,
  folder: '/',
} satisfies EffectiveConfig;

it('a reset without a supervisor waits between its looks at a starting client', async () => {
  const clock = new VirtualClock(0);
  let ticks = 0;
  const controller = {
    resetNow: async () => undefined,
    tick: async () => {
      ticks += 1;
      return 75;
    },
    get status() {
      return { plan: { steps: ticks < 1_000 ? [{ lane: 'network' }] : [] } };
    },
  };
  const nodes = new Map([['home', controller]]);
  const opened = { fleet: { nodes }, nodes: [], close: async () => undefined };
  const services = { clock, paths: rootPaths(root), openFleet: async () => opened };
  const control = new DirectControl(services as unknown as Services, async () => config);
  const done = control.reset({ force: false });
  // Taking the lock asks the disk, which no clock of ours moves.
  while (ticks === 0) await clock.advance(0);
  await clock.advance(750);
  expect(ticks).toBe(11);
  await clock.advance(100_000);
  expect(await done).toEqual({ nodes: ['home'] });
});

it('a root is told of its keys before anything was ever started', async () => {
  await keepVoidExit(root);
  const services = { clock: new VirtualClock(10), host: { version: '0' }, paths: rootPaths(root) };
  const { findings } = await new DirectControl(services as unknown as Services, async () => config).status();
  expect(findings).toMatchObject([{ code: 'EPH-VALIDATORS-MESSAGE-VOID' }]);
});

describe('nodes whose local network was never made', () => {
  const node = (network: string) => ({ network, runtime: 'process' });
  const nodes = { home: node('devnet'), far: node('ephemery') };
  const effective = { ...config };
  let assembled: string[][];
  beforeEach(() => {
    effective.config = { nodes, networks: {}, keySets: {} } as unknown as Config;
    assembled = [];
  });

  function control(): DirectControl {
    const openFleet = async (given: FleetRequest) => {
      assembled.push(Object.keys(given.config.config.nodes));
      const held = { hold: async () => undefined, release: async () => undefined };
      const known = new Map(Object.keys(given.config.config.nodes).map((name) => [name, held]));
      const fleet = { nodes: given.readOnly === true ? new Map() : known };
      return { fleet, nodes: [], externals: [], close: async () => undefined };
    };
    const host = { version: '0' };
    const services = { clock: new VirtualClock(0), host, paths: rootPaths(root), openFleet };
    return new DirectControl(services as unknown as Services, async () => effective);
  }

  it('have a plan that says that it begins with up; the others are assembled', async () => {
    const later = { node: 'home', beginsWithUp: 'devnet', steps: [], fetch: [], findings: [] };
    expect(await control().plan({ node: 'home' })).toEqual([later]);
    expect(assembled).toEqual([]);
    expect(await control().plan({})).toEqual([later]);
    expect(assembled).toEqual([['far']]);
  });

  it('have no plan where two key sets share a key, as up would say', async () => {
    const keySets = { main: {}, second: {} };
    effective.config = { nodes, networks: {}, keySets } as unknown as Config;
    for (const keySet of Object.keys(keySets)) await writeKeySet(root, keySet, [1]);
    await expect(control().plan({ node: 'home' })).rejects.toMatchObject({
      code: 'EPH-FLEET-KEY-IN-TWO-SETS',
      facts: { keySets: ['main', 'second'] },
    });
  });

  it('keep nobody from holding or releasing the resets of others', async () => {
    expect(await control().hold({ node: 'far' })).toEqual({ nodes: ['far'] });
    expect(await control().release({})).toEqual({ nodes: ['far'] });
    expect(assembled).toEqual([['far'], ['far']]);
    await expect(control().hold({ node: 'home' })).rejects.toMatchObject({ code: 'EPH-FLEET-NO-DEVNET' });
  });

  it('have nothing to hold where there are no others', async () => {
    effective.config = { nodes: { home: node('devnet') }, networks: {} } as unknown as Config;
    await expect(control().hold({})).rejects.toMatchObject({ code: 'EPH-FLEET-NO-DEVNET' });
    expect(assembled).toEqual([]);
  });

  it('are known: the plan of another one names them', async () => {
    await expect(control().plan({ node: 'nobody' })).rejects.toMatchObject({
      code: 'EPH-CONTROL-NO-NODE',
      remedy: 'Nodes: home, far.',
      exitCode: 2,
    });
  });

  it('are told apart from the others in the status of a root that was used before', async () => {
    await openLayout(rootPaths(root));
    await bindConfig(rootPaths(root), config.id);
    expect(await control().status()).toMatchObject({
      nodes: [],
      beginsWithUp: [{ node: 'home', network: 'devnet' }],
    });
    expect(assembled).toEqual([['far']]);
    expect(await control().sync({})).toEqual([]);
    await expect(control().peers({ node: 'home' })).rejects.toMatchObject({ code: 'EPH-FLEET-NO-DEVNET' });
  });
});
