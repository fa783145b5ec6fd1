import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import type { Config } from '../../config/schema.ts';
import { bindConfig } from '../../storage/files/config-binding.ts';
import { openLayout } from '../../storage/files/layout.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { fleetErrors } from '../fleet/errors.ts';
import type { Services } from '../services.ts';
import { bringDown } from './act.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ephemery-act-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

it('what runs is stopped by name when its nodes cannot be assembled any more', async () => {
  const paths = rootPaths(root);
  await openLayout(paths);
  await bindConfig(paths, 'built-in:devnet');
  await mkdir(join(paths.nodes, 'home'), { recursive: true });
  await mkdir(join(paths.devnets, 'devnet'), { recursive: true });
  const up = new Set(['home.consensus', 'home.execution', 'devnet.service']);
  const runtime = {
    recover: async (unit: string) => (up.has(unit) ? { runtime: 'process', unit, token: '' } : undefined),
    stop: async ({ unit }: { unit: string }) => (up.delete(unit) ? 'stopped' : 'was-not-running'),
  };
  const services = {
    paths,
    clock: systemClock,
    refusedClients: [],
    runtimeIds: ['process'],
    runtime: async () => runtime,
    openFleet: () => Promise.reject(fleetErrors.create('EPH-FLEET-NO-NETWORK', { name: 'gone' })),
  } as unknown as Services;
  const config = { nodes: { home: { network: 'gone' } }, networks: {} } as unknown as Config;
  const stopped = await bringDown(services, async () => ({ id: 'x', config, folder: root }));
  expect(stopped).toEqual(['home']);
  expect([...up]).toEqual([]);
});
