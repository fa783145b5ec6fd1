import type { ArtifactKeeper } from '../../artifacts/artifact-keeper.ts';
import { type ConfigWish, effectiveConfig } from '../effective-config.ts';
import type { Services } from '../services.ts';
import { type NodeWish, nodeWishes } from './wishes.ts';

export interface Kept {
  readonly keeper: ArtifactKeeper;
  readonly wishes: readonly NodeWish[];
}

/** Works with the programs of the configuration. Throws what finding a configuration throws. */
export async function withKeeper<T>(
  services: Services,
  wish: ConfigWish & { readonly onProgress?: (doing: string) => void },
  work: (kept: Kept) => Promise<T>,
): Promise<T> {
  const { onProgress } = wish;
  const config = await effectiveConfig(services, wish);
  const opened = await services.openKeeper(config, ({ what, bytes, totalBytes }) => {
    const total = totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`;
    onProgress?.(`Fetching ${what}: ${megabytes(bytes)}${total}`);
  });
  try {
    return await work({ keeper: opened.keeper, wishes: nodeWishes(config, services.clients) });
  } finally {
    await opened.close();
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
