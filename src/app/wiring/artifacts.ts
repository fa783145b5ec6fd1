import type { ArtifactStore } from '../../artifacts/artifact.ts';
import type { HttpClient } from '../../base/http.ts';
import type { Services } from '../../operations/services.ts';
import { openContainers } from './containers.ts';

/** The programs of a root, pinned in the lock file at `lockPath`. */
export async function openArtifacts(
  services: Pick<Services, 'paths' | 'clock' | 'random' | 'log' | 'host'>,
  use: { readonly lockPath: string; readonly http: HttpClient; readonly readOnly?: boolean },
): Promise<ArtifactStore> {
  const { paths, clock, random, log, host } = services;
  const { createArtifactStore } = await import('../../artifacts/artifact-store.ts');
  return createArtifactStore({
    folder: paths.artifacts,
    lockPath: use.lockPath,
    readOnly: use.readOnly === true,
    nodePath: process.execPath,
    platform: { os: host.platform, arch: process.arch },
    env: host.env,
    clock,
    log,
    images: async () => {
      const { env, platform } = host;
      return (await openContainers({ paths, clock, random, log, env, platform })).images;
    },
    fetch: { http: use.http },
  });
}
