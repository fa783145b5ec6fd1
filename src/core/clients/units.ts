/** What a runtime is asked to run. Plain data: it goes into journals and goldens as it is. */

export type StopSignal = 'SIGTERM' | 'SIGINT';

/** A path that a program sees. `key` names it in the context; the runtime decides what the program is shown. */
export interface Mount {
  readonly key: string;
  readonly hostPath: string;
  readonly writable: boolean;
}

export interface PublishedPort {
  readonly name: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** loopback unless the client's peers must reach it. */
  readonly exposure: 'loopback' | 'public';
}

/** How the runtime knows that a unit answers; tried until it succeeds or `deadlineMs` has passed. */
export type ReadinessProbe =
  | {
      readonly kind: 'http';
      readonly url: string;
      readonly statuses: readonly number[];
      readonly deadlineMs: number;
    }
  | { readonly kind: 'json-rpc'; readonly url: string; readonly method: string; readonly deadlineMs: number }
  | { readonly kind: 'tcp'; readonly port: number; readonly deadlineMs: number }
  | { readonly kind: 'none' };

interface Program {
  /** Unique within the root: `<node>.<role>`, or `<node>.<role>.<task>` for a task. */
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** A mount's key: where the program is started. */
  readonly workingMount?: string;
  /** What it may use at most, where the runtime can hold it to that. */
  readonly limits?: ProgramLimits;
  /** It ends when it is started as root: where it would be, it is given another user, and its mounts with it. */
  readonly refusesRoot?: true;
  /** This host's network instead of one of the node's own, where the runtime has one. */
  readonly network?: 'host';
}

export interface ProgramLimits {
  readonly memoryBytes?: number;
  /** Processors, as a decimal number. */
  readonly cpus?: number;
}

/** A one-shot program, such as `geth init`. */
export interface TaskSpec extends Program {
  readonly deadlineMs: number;
}

/** A long-running program. */
export interface UnitSpec extends Program {
  readonly ports: readonly PublishedPort[];
  readonly stop: StopPolicy;
  readonly readiness: ReadinessProbe;
}

export interface StopPolicy {
  readonly signal: StopSignal;
  /** On down, update and for validator clients always: then SIGKILL. */
  readonly deadlineMs: number;
  /** At a reset, when the old chain database is not needed any more. */
  readonly resetStopDeadlineMs: number;
}
