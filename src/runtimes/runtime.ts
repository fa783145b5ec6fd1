import type { Mount, StopSignal, TaskSpec, UnitSpec } from '../core/clients/units.ts';

/** A program on this host, as `artifacts` resolved it: what is put before a unit's own arguments. */
export interface InstalledProgram {
  readonly client: string;
  readonly version: string;
  /**
   * The executable and the arguments that come before the client's own. With an image: what replaces its
   * entrypoint; empty when that is the program.
   */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Container runtimes only. */
  readonly image?: ProgramImage;
  /**
   * For those who only look: where it would come from, because it is not on this host. It is known without its command
   * then, and an image without its digest.
   */
  readonly absent?: string;
}

/** An image, known by its content. */
export interface ProgramImage {
  /** Without tag. */
  readonly repository: string;
  /** `sha256:…` */
  readonly digest: string;
}

/** How to find a running unit again, after we ourselves were restarted. Plain data: it is journaled. */
export interface UnitHandle {
  readonly runtime: string;
  readonly unit: string;
  /** What the runtime needs to recognise exactly this run of it (boot id, pid and start time; a container id). */
  readonly token: string;
}

export interface UnitResources {
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
}

export type UnitState =
  | { readonly state: 'running'; readonly startedAtMs: number; readonly resources?: UnitResources }
  /** `exitCode` is absent when it was adopted and then ended unseen, or was killed by a signal. */
  | { readonly state: 'exited'; readonly exitCode?: number; readonly signal?: string }
  /** The runtime has never heard of it, or forgot it: nothing of it runs. */
  | { readonly state: 'absent' }
  /** The runtime could not be asked: not the same as absent. */
  | { readonly state: 'unknown'; readonly reason: string };

export interface TaskResult {
  readonly exitCode: number;
  /** The last lines it printed, for an error message. */
  readonly tail: readonly string[];
}

export interface StopRequest {
  readonly signal: StopSignal;
  /** After this long it is killed. */
  readonly deadlineMs: number;
}

export type StopOutcome = 'stopped' | 'killed' | 'was-not-running';

export interface LogRequest {
  /** How many of the last lines come first; all that is kept when absent. */
  readonly tail?: number;
  /** Go on with new lines until the signal aborts. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
}

export interface RuntimeCapabilities {
  /** Units keep running when our own process ends. */
  readonly unitsOutliveUs: boolean;
  readonly reportsResources: boolean;
}

/** Addresses as a program of this runtime sees them. */
export interface RuntimeAddresses {
  /** What a program binds its loopback ports to. */
  readonly listen: string;
  /**
   * This host's own loopback: where a service that runs beside the units is reached. Absent where a program in a
   * network of its node's own cannot reach it: a unit that must is given this host's network.
   */
  readonly host?: string;
  /** Another unit of the same node, by its name. */
  unit(name: string): string;
}

/** Programs that see this host's network as it is. */
export const hostAddresses = {
  listen: '127.0.0.1',
  host: '127.0.0.1',
  unit: () => '127.0.0.1',
} as const satisfies RuntimeAddresses;

/** What ended runs leave behind outside the root's folder. */
export interface RuntimeRemains {
  /** Their names, of what still runs as well. Throws EPH-RUNTIME-UNREACHABLE. */
  list(): Promise<readonly string[]>;
  /** Removes those that nothing runs in any more. Throws EPH-RUNTIME-UNREACHABLE. */
  remove(): Promise<void>;
}

/**
 * Runs programs and finds them again. Each implementation passes `runtimes/conformance.ts`.
 * Every call is idempotent: starting what runs gives its handle, stopping what stopped says so.
 * A runtime that cannot be asked throws EPH-RUNTIME-UNREACHABLE (`inspect` says `unknown`): never "nothing runs".
 */
export interface Runtime {
  readonly id: string;
  readonly capabilities: RuntimeCapabilities;
  readonly addresses: RuntimeAddresses;
  /** The path under which a program sees each mount, by key. */
  pathsFor(mounts: readonly Mount[]): Readonly<Record<string, string>>;
  /**
   * Makes sure that the program can be started; long work reports through the log.
   * Throws EPH-RUNTIME-PROGRAM-MISSING.
   */
  prepare(program: InstalledProgram, signal?: AbortSignal): Promise<void>;
  /** The same for those who only look: fetches and changes nothing, and what `prepare` would fetch is not missing. */
  lookFor(program: InstalledProgram): Promise<void>;
  /**
   * Runs a one-shot program to its end, after killing what is left of an earlier run of that name. A task
   * that a signal ended has exit code 128 + its number. Killed at its deadline, it throws
   * EPH-RUNTIME-TASK-DEADLINE; on abort it is killed and the signal's reason is thrown.
   */
  run(program: InstalledProgram, task: TaskSpec, signal?: AbortSignal): Promise<TaskResult>;
  /**
   * Starts a unit; never a second one of the same name. Does not wait for readiness. Throws EPH-RUNTIME-PORT-TAKEN
   * before anything of it runs, and EPH-RUNTIME-START-FAILED; unless that says
   * that nothing ran, the unit may run all the same, as when a reply was lost: `recover` before the next try.
   */
  start(program: InstalledProgram, unit: UnitSpec): Promise<UnitHandle>;
  /** The handle of a unit of this name that runs now, whoever started it; undefined when none does. */
  recover(unitName: string): Promise<UnitHandle | undefined>;
  inspect(handle: UnitHandle): Promise<UnitState>;
  /** Returns once nothing of this run is left. Throws EPH-RUNTIME-STOP-FAILED when it survives the kill. */
  stop(handle: UnitHandle, request: StopRequest): Promise<StopOutcome>;
  /** What the unit or task printed, on both streams, over all its runs that are kept; ends on abort without throwing. */
  logs(unitName: string, request: LogRequest): AsyncIterable<string>;
  /**
   * Copies a folder of a program's image to `into`, which is there whole afterwards or not at all; only plain files and folders.
   * Absent where programs have no image. Throws EPH-RUNTIME-PROGRAM-MISSING, EPH-RUNTIME-IMAGE-FOLDER.
   */
  copyFromImage?(program: InstalledProgram, from: string, into: string): Promise<void>;
  /** Throws EPH-RUNTIME-UNREACHABLE when nothing could be started now; absent where nobody has to be asked. */
  reach?(): Promise<void>;
  /** Absent where nothing is left outside the root. */
  readonly remains?: RuntimeRemains;
}
