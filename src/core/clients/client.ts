import type { ForkName } from '../network/forks.ts';
import type { NetworkIdentity } from '../network/identity.ts';
import type { ReadinessProbe, StopPolicy, TaskSpec, UnitSpec } from './units.ts';

export type Layer = 'execution' | 'consensus' | 'validator' | 'signer';

/** Where a client's program can come from. */
export type ArtifactChoice =
  /**
   * Ships with us: a Node program of this package or of one of its dependencies, `bin` relative to that package.
   * `preload` is a file of this package that Node loads first.
   */
  | {
      readonly kind: 'builtin';
      readonly package: string;
      readonly version: string;
      readonly bin: string;
      readonly preload?: string;
    }
  | { readonly kind: 'npm'; readonly package: string; readonly bin: string }
  /** `url` may hold {version}, {os}, {arch}. */
  | { readonly kind: 'archive'; readonly url: string; readonly bin: string; readonly sha256?: string }
  /** A program of the host; with `versionArgs` it tells its version. */
  | { readonly kind: 'path'; readonly versionArgs?: readonly string[] };

export interface PortDeclaration {
  /** rpc, engine, p2p, api, metrics, … ; unique within the client. */
  readonly name: string;
  readonly protocol: 'tcp' | 'udp';
  readonly exposure: 'loopback' | 'public';
}

/** A file that carries the node's name among its peers, kept over resets. */
export interface IdentityFile {
  /** Its name under nodes/<node>/identity/. */
  readonly name: string;
  /** Where the client keeps it, relative to its data directory. */
  readonly dataPath: string;
}

/**
 * All that a client may know when it says how it is run: the paths are those it will see (a runtime
 * may show a host path under another name), the ports those it was given.
 */
export interface ClientContext {
  readonly node: string;
  readonly identity: NetworkIdentity;
  readonly highestFork: ForkName;
  readonly enodes: readonly string[];
  readonly bootstrapEnrs: readonly string[];
  readonly paths: {
    /** Writable, this client's alone, new with each network identity. */
    readonly data: string;
    /** The bundle's directory, read-only. */
    readonly bundle: string;
    /** nodes/<node>/identity/, read-only. */
    readonly identity: string;
    /** The 0600 file with 32 bytes as hex. */
    readonly jwt: string;
  };
  readonly ports: Readonly<Record<string, number>>;
  /** Consensus: the execution client's engine URL. */
  readonly engineUrl?: string;
  /** Validator: the consensus client's API URL. */
  readonly beaconUrl?: string;
  /** Consensus clients that follow a simulated network: the producer's Beacon API. */
  readonly followUrl?: string;
  /** From the node's configuration, managed flags already refused. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What the client contributes to its unit; the planner adds name and mounts. */
export type ClientProgram = Pick<UnitSpec, 'args' | 'env'>;
export type ClientTask = Pick<TaskSpec, 'args' | 'env' | 'deadlineMs'> & { readonly name: string };

/**
 * An entry of the catalogue: pure functions from context to tasks and units. What is peculiar to a
 * client stands in its own file and nowhere else.
 */
export interface ClientDefinition {
  readonly id: string;
  readonly layer: Layer;
  readonly displayName: string;
  readonly artifacts: readonly ArtifactChoice[];
  /** The highest fork that a version of it reaches. */
  highestFork(version: string): ForkName;
  readonly ports: readonly PortDeclaration[];
  readonly identityFiles: readonly IdentityFile[];
  /** Flags that we set; refused in the configuration's `args`, with or without `=value`. */
  readonly managedFlags: readonly string[];
  readonly stop: StopPolicy;
  /** One-shot programs that must have succeeded on a new data directory before the first start. */
  tasks(context: ClientContext): readonly ClientTask[];
  program(context: ClientContext): ClientProgram;
  readiness(context: ClientContext): ReadinessProbe;
}
