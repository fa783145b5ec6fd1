import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { ClientDefinition } from '../core/clients/client.ts';
import type { RootPaths } from '../storage/files/root-paths.ts';

/** This process and where it was started. */
export interface HostFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly workingDirectory: string;
  /** How this program is started again: the executable and the arguments before the command's own. */
  readonly program: readonly string[];
  readonly version: string;
}

/** Everything that operations act through; `app` makes it. */
export interface Services {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly host: HostFacts;
  readonly paths: RootPaths;
  readonly clients: readonly ClientDefinition[];
}
