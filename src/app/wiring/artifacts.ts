import { join } from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact.ts';
import type { ArtifactStoreOptions } from '../../artifacts/artifact-store.ts';
import { HttpClient } from '../../base/http.ts';
import type { EffectiveConfig, OpenedKeeper, Services } from '../../operations/services.ts';
import { openContainers } from './containers.ts';

type Around = Pick<Services, 'paths' | 'clock' | 'random' | 'log' | 'host'>;

/** The lock file of a configuration lies beside it. */
export function lockPathOf(folder: string): string {
  return join(folder, 'ephemery.lock');
}

/** The programs of a root, pinned in the lock file at `lockPath`. */
export async function openArtifacts(
  services: Around,
  use: { readonly lockPath: string; readonly http: HttpClient; readonly readOnly?: boolean },
): Promise<ArtifactStore> {
  const { createArtifactStore } = await import('../../artifacts/artifact-store.ts');
  return createArtifactStore({ ...storeOptions(services, use), readOnly: use.readOnly === true });
}

/** The same for those who look after them. */
export async function openKeeper(
  services: Around,
  { folder }: EffectiveConfig,
  onProgress: ArtifactStoreOptions['onProgress'],
): Promise<OpenedKeeper> {
  const http = new HttpClient({ clock: services.clock, environment: services.host.env });
  const { createArtifactKeeper } = await import('../../artifacts/artifact-store.ts');
  const options = storeOptions(services, { lockPath: lockPathOf(folder), http });
  const keeper = createArtifactKeeper({ ...options, ...(onProgress === undefined ? {} : { onProgress }) });
  return { keeper, close: () => http.close() };
}

function storeOptions(
  { paths, clock, random, log, host }: Around,
  { lockPath, http }: { readonly lockPath: string; readonly http: HttpClient },
): ArtifactStoreOptions {
  const { env, platform } = host;
  return {
    folder: paths.artifacts,
    lockPath,
    nodePath: process.execPath,
    platform: { os: platform, arch: process.arch },
    env,
    clock,
    log,
    images: async () => (await openContainers({ paths, clock, random, log, env, platform })).images,
    fetch: { http },
  };
}
