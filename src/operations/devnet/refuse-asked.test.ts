import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Config } from '../../config/schema.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { type DevnetAsked, devnetFolder, writeDevnetSettings } from './devnet-file.ts';
import { newDevnetSettings } from './devnet-settings.ts';
import { refuseAsked } from './refuse-asked.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ephemery-asked-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

function asked(network: string, settings: DevnetAsked): Promise<void> {
  const config = { nodes: { home: { network } }, networks: {} } as unknown as Config;
  return refuseAsked({ paths: rootPaths(root) }, { id: '/x/ephemery.yaml', config, folder: '/x' }, settings);
}

it('settings of a local network are refused where no node belongs to one', async () => {
  await expect(asked('ephemery', { slotSeconds: 1, seed: 's' })).rejects.toMatchObject({
    code: 'EPH-DEVNET-NOT-MEANT',
    message: '--slot and --seed are for local networks, and no node of /x/ephemery.yaml belongs to one.',
    exitCode: 2,
  });
  await asked('ephemery', {});
});

it('are taken where one is to be made, and held against one that there is', async () => {
  await asked('devnet', { slotSeconds: 1 });
  const ports = { releaser: 1, api: 2, rpc: 3, engine: 4, p2p: 5 };
  const settings = newDevnetSettings({
    name: 'devnet',
    seed: 's',
    nowMs: 1_796_000_000_000,
    ports,
    slotSeconds: 1,
  });
  await writeDevnetSettings(devnetFolder(root, 'devnet'), settings);
  await asked('devnet', { slotSeconds: 1 });
  await expect(asked('devnet', { slotSeconds: 2 })).rejects.toMatchObject({
    code: 'EPH-DEVNET-SETTINGS-DIFFER',
  });
});
