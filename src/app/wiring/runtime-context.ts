import type { Clock } from '../../base/clock.ts';
import type { FetchListener } from '../../base/fetches.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';

/** What a runtime is made from. */
export interface RuntimeContext {
  readonly paths: RootPaths;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  /** Told of images that are being fetched. */
  readonly onFetch?: FetchListener;
  readonly env: Readonly<Record<string, string | undefined>>;
}
