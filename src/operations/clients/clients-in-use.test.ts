import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { rootPaths } from '../../storage/files/root-paths.ts';
import type { Services } from '../services.ts';
import { clientsInUse } from './clients-in-use.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-clients-'));
});

afterEach(() => rm(folder, { recursive: true }));

function inUse(config?: string) {
  const host = { workingDirectory: folder, platform: 'linux', env: {} };
  const paths = rootPaths(join(folder, 'root'));
  const services = { host, paths, clients: [], refusedClients: [], runtimeIds: ['process'] };
  return clientsInUse(services as unknown as Services, { config });
}

it('of a configuration that cannot be used it is told why nothing is known of its nodes', async () => {
  expect(await inUse()).toEqual({ nodes: [] });
  expect(await inUse('gone.yaml')).toMatchObject({ nodes: [], unusable: { code: 'EPH-CONFIG-NOT-FOUND' } });
  await writeFile(join(folder, 'ephemery.yaml'), 'version: 1\nnodez: {}\n');
  expect(await inUse()).toMatchObject({ nodes: [], unusable: { code: 'EPH-CONFIG-INVALID' } });
});
