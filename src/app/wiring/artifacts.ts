import { join } from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact.ts';
import type { ArtifactStoreOptions } from '../../artifacts/artifact-store.ts';
import type { FetchListener } from '../../base/fetches.ts';
import { HttpClient } from '../../base/http.ts';
import type { EffectiveConfig, OpenedKeeper, Services } from '../../operations/services.ts';
import { openContainers } from './containers.ts';

interface ArtifactUse {
  readonly lockPath: string;
  readonly http: HttpClient;
  /** Told of programs and images that are being fetched. */
  readonly onFetch?: FetchListener;
}

type Around = Pick<Services, 'paths' | 'clock' | 'random' | 'log' | 'host'>;

/** The lock file of a configuration lies beside it. */
export function lockPathOf(folder: string): string {
  return join(folder, 'ephemery.lock');
}

/** The programs of a root, pinned in the lock file at `lockPath`. */
export async function openArtifacts(
  services: Around,
  use: ArtifactUse & { readonly readOnly?: boolean },
): Promise<ArtifactStore> {
  const { createArtifactStore } = await import('../../artifacts/artifact-store.ts');
  return createArtifactStore({ ...storeOptions(services, use), readOnly: use.readOnly === true });
}

/** The same for those who look after them. */
export async function openKeeper(
  services: Around,
  { folder }: EffectiveConfig,
  onFetch: FetchListener | undefined,
): Promise<OpenedKeeper> {
  const http = new HttpClient({ clock: services.clock, environment: services.host.env });
  const { createArtifactKeeper } = await import('../../artifacts/artifact-store.ts');
  const fetching = onFetch === undefined ? {} : { onFetch };
  const keeper = createArtifactKeeper(
    storeOptions(services, { lockPath: lockPathOf(folder), http, ...fetching }),
  );
  return { keeper, close: () => http.close() };
}

function storeOptions(
  { paths, clock, random, log, host }: Around,
  { lockPath, http, onFetch }: ArtifactUse,
): ArtifactStoreOptions {
  const { env, platform } = host;
  const fetching = onFetch === undefined ? {} : { onFetch };
  return {
    folder: paths.artifacts,
    lockPath,
    nodePath: process.execPath,
    platform: { os: platform, arch: process.arch },
    env,
    clock,
    log,
    images: async () =>
      (await openContainers({ paths, clock, random, log, env, platform, ...fetching })).images,
    fetch: { http },
    ...(onFetch === undefined
      ? {}
      : { onProgress: ({ client, url: _, ...bytes }) => onFetch({ what: client, ...bytes }) }),
  };
}
