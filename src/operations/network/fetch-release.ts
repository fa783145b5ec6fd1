import type { ObtainOutcome } from '../../releases/release-library.ts';
import { chosenIteration } from './iteration-choice.ts';
import { knownNetwork, type NetworkServices, type NetworkWish } from './known-network.ts';

export type FetchReport = { readonly network: string; readonly iteration: number } & ObtainOutcome;

export interface FetchWish extends NetworkWish {
  /** The clock's unless told. */
  readonly iteration?: number | undefined;
  /** Ask the sources even if it is held. */
  readonly refresh: boolean;
  /** Compare with a second source. */
  readonly crossCheck: boolean;
}

export interface FetchWatch {
  readonly signal: AbortSignal;
  /** Told of each step, and of the bytes of a download, in words. */
  readonly onProgress: (doing: string) => void;
}

const stepWords = {
  asking: 'Asking',
  fetching: 'Fetching from',
  verifying: 'Verifying what came from',
  installing: 'Putting in place what came from',
  comparing: 'Comparing with',
} as const;

/**
 * Brings the verified release of one iteration onto the disk. What is wrong elsewhere is an outcome; throws
 * EPH-RELEASES-DISK-FULL, EPH-RELEASES-FOLDER, EPH-NETWORK-NOT-BEGUN, the signal's reason, and as `knownNetwork`.
 */
export async function fetchNetworkRelease(
  services: NetworkServices,
  wish: FetchWish,
  { signal, onProgress }: FetchWatch,
): Promise<FetchReport> {
  const { definition } = await knownNetwork(services, wish);
  const iteration = chosenIteration(definition, services.clock.nowMs(), wish.iteration);
  const library = await services.openLibrary(definition, ({ url, bytes, totalBytes }) =>
    onProgress(
      `Fetching ${url}: ${megabytes(bytes)}${totalBytes === undefined ? '' : ` of ${megabytes(totalBytes)}`}`,
    ),
  );
  try {
    const outcome = await library.obtain({
      iteration,
      // A second source is of use only for what comes now.
      refresh: wish.refresh || wish.crossCheck,
      crossCheck: wish.crossCheck,
      signal,
      onProgress: ({ step, source }) => onProgress(`${stepWords[step]} ${source}`),
    });
    return { network: definition.name, iteration, ...outcome };
  } finally {
    await library.close();
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
