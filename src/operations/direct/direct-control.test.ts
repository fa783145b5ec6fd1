import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { Config } from '../../config/schema.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { DirectControl } from './direct-control.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ephemery-direct-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const config = { id: 'built-in:test', config: {} as Config, folder: '/' } satisfies EffectiveConfig;

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

it('the plan of nodes whose local network was never made says that it begins with up, and assembles the others', async () => {
  const node = (network: string) => ({ network, runtime: 'process' });
  const nodes = { home: node('devnet'), far: node('ephemery') };
  const effective = { ...config, config: { nodes, networks: {} } as unknown as Config };
  const assembled: string[][] = [];
  const openFleet = async ({ config: given }: { readonly config: EffectiveConfig }) => {
    assembled.push(Object.keys(given.config.nodes));
    return { fleet: { nodes: new Map() }, nodes: [], close: async () => undefined };
  };
  const services = { clock: new VirtualClock(0), paths: rootPaths(root), openFleet };
  const control = new DirectControl(services as unknown as Services, async () => effective);
  const later = { node: 'home', beginsWithUp: 'devnet', steps: [], fetch: [], findings: [] };
  expect(await control.plan({ node: 'home' })).toEqual([later]);
  expect(assembled).toEqual([]);
  expect(await control.plan({})).toEqual([later]);
  expect(assembled).toEqual([['far']]);
});
