import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clients } from '../../src/app/registries/clients.ts';
import { silentLog } from '../../src/base/log.ts';
import { VirtualClock } from '../../src/base/virtual-clock.ts';
import type { NetworkDefinition } from '../../src/core/network/definition.ts';
import { openReleaseLibrary } from '../../src/releases/store/open-library.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';

/** What operations about networks act through: real ones in a folder of their own, with a clock that stands. */
export async function networkServices(nowMs: number) {
  const folder = await mkdtemp(join(tmpdir(), 'network-use-'));
  const clock = new VirtualClock(nowMs);
  const paths = rootPaths(join(folder, 'root'));
  const host = {
    env: {},
    platform: process.platform,
    workingDirectory: folder,
    program: ['ephemery'],
    version: '0.0.0',
  };
  return {
    folder,
    clock,
    paths,
    host,
    log: silentLog,
    clients,
    refusedClients: [],
    runtimeIds: ['process'],
    runtime: async (): Promise<never> => {
      throw new Error('nothing here runs programs');
    },
    openFleet: async () => {
      throw new Error('nothing here has a signer to be asked');
    },
    openLibrary: async (definition: NetworkDefinition) =>
      openReleaseLibrary({ definition, root: paths.releases, environment: {} }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
