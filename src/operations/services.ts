import type { ArtifactKeeper } from '../artifacts/artifact-keeper.ts';
import type { Clock } from '../base/clock.ts';
import type { DownloadProgress } from '../base/download.ts';
import type { Fetches, FetchListener } from '../base/fetches.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import type { Config } from '../config/schema.ts';
import type { ClientDefinition, RefusedClient } from '../core/clients/client.ts';
import type { Finding } from '../core/findings/finding.ts';
import type { NetworkDefinition } from '../core/network/definition.ts';
import type { ReleaseLibrary } from '../releases/release-library.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import type { RootPaths } from '../storage/files/root-paths.ts';
import type { Control } from './control/control.ts';
import type { DevnetSettings } from './devnet/devnet-settings.ts';
import type { ExternalWatch } from './external/external-watch.ts';
import type { AssembledNode, Fleet } from './fleet/fleet.ts';
import type { NodeEvent } from './node/node-event.ts';

/** This process and where it was started. */
export interface HostFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly workingDirectory: string;
  /** How this program is started again: the executable and the arguments before the command's own. */
  readonly program: readonly string[];
  readonly version: string;
}

/** The configuration that a command works with, wherever it comes from. */
export interface EffectiveConfig {
  /** What a root is bound to: a real path, or `built-in:<network>`. */
  readonly id: string;
  readonly config: Config;
  /** Relative paths in it count from here. */
  readonly folder: string;
  /** Absent for a built-in one. */
  readonly file?: string;
}

export interface FleetRequest {
  readonly config: EffectiveConfig;
  readonly emit: (event: NodeEvent) => void;
  /** Nothing may be written: no ports allocated, no program installed, no journal mended. */
  readonly readOnly?: boolean;
}

/** The nodes of a root, assembled and with their controllers. */
export interface OpenedFleet {
  readonly fleet: Fleet;
  readonly nodes: readonly AssembledNode[];
  /** Nodes that somebody else runs. */
  readonly externals: readonly ExternalWatch[];
  close(): Promise<void>;
}

export interface DevnetServiceRequest {
  readonly name: string;
  readonly log: Log;
  readonly emit: (event: NodeEvent) => void;
  /** Told before anything is started. */
  readonly onStart?: (settings: DevnetSettings) => void;
}

export interface OpenedKeeper {
  readonly keeper: ArtifactKeeper;
  close(): Promise<void>;
}

export interface ServingControl {
  close(): Promise<void>;
}

/** Everything that operations act through; `app` makes it. */
export interface Services {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly host: HostFacts;
  readonly paths: RootPaths;
  /** Told what is waited for that nobody sees. */
  readonly onWait?: (why: string) => void;
  readonly clients: readonly ClientDefinition[];
  readonly refusedClients: readonly RefusedClient[];
  readonly runtimeIds: readonly string[];
  /** Tells of programs and images that are being fetched for nodes. */
  readonly fetches: Pick<Fetches, 'listen'>;
  /** A runtime of this root, or of another one within it. */
  runtime(id: string, paths?: RootPaths): Promise<Runtime>;
  /** Whether a container engine of this machine answers now. Nothing is written. */
  engineAnswers(): Promise<boolean>;
  openFleet(request: FleetRequest): Promise<OpenedFleet>;
  /** The programs of a configuration, for those who look after them. */
  openKeeper(config: EffectiveConfig, onFetch?: FetchListener): Promise<OpenedKeeper>;
  openLibrary(
    definition: NetworkDefinition,
    onDownload?: (progress: DownloadProgress) => void,
  ): Promise<ReleaseLibrary>;
  /** What is worth telling of our clock, held against these hosts. */
  clockFindings(urls: readonly string[]): Promise<readonly Finding[]>;
  /** Runs a local network of this root until the signal, then stops its programs. */
  runDevnet(request: DevnetServiceRequest, signal: AbortSignal): Promise<void>;
  /** Serves a control on the root's socket. */
  serve(control: Control, socket: string): Promise<ServingControl>;
  /** A log that goes to this file of the root from now on, for a supervisor. */
  fileLog(file: string): Promise<Log>;
}
