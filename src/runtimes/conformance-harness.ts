import assert from 'node:assert/strict';
import { type Clock, systemClock } from '../base/clock.ts';
import type { TaskSpec, UnitSpec } from '../core/clients/units.ts';
import type { InstalledProgram, Runtime } from './runtime.ts';

/** What a test program does; times from its start. Without `exitsAfterMs` it runs until it is stopped. */
export interface ProgramScript {
  readonly prints?: readonly { readonly afterMs: number; readonly line: string }[];
  readonly exitsAfterMs?: number;
  readonly exitCode?: number;
  readonly ignoresStopSignal?: boolean;
  /** A file that it writes at its start, as the program sees its path, with the folders that it takes. */
  readonly writes?: { readonly path: string; readonly text: string };
}

/** One host, and the lives of our own process on it. */
export interface RuntimeHarness {
  readonly clock: Clock;
  /** The runtime of the present life. */
  runtime(): Runtime;
  /** Kills our own process and begins the next life on the same host. */
  restart(): Promise<Runtime>;
  program(script: ProgramScript): InstalledProgram;
  /** A program that is not there. */
  missingProgram(): InstalledProgram;
  /** How many programs of this name run now, found without asking the runtime. */
  countRunning(name: string): Promise<number>;
  /** Ends the program of this name from outside, as a crash does. */
  crash(name: string): Promise<void>;
  /** Has a program that is none of ours listen on a TCP port of this host's loopback address. */
  takePort(): Promise<{ readonly port: number; leave(): Promise<void> }>;
  /** A folder of ours that nobody else may enter, for programs to write to; undefined where they only seem to run. */
  readonly dataFolder: string | undefined;
  /** How long a program may take to begin here, on a busy machine. */
  readonly beginsWithinMs: number;
  /** Lets time pass until the promise has settled: the real one by waiting, a virtual one by moving it. */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** Stops everything and removes what was written. */
  close(): Promise<void>;
}

export interface ConformanceCase {
  readonly name: string;
  run(harness: RuntimeHarness): Promise<void>;
}

export function unitSpec(name: string, more: Partial<UnitSpec> = {}): UnitSpec {
  return {
    name,
    args: [`--unit=${name}`],
    env: {},
    mounts: [],
    ports: [],
    stop: { signal: 'SIGTERM', deadlineMs: 5_000, resetStopDeadlineMs: 200 },
    readiness: { kind: 'none' },
    ...more,
  };
}

export function taskSpec(name: string, deadlineMs = 10_000): TaskSpec {
  return { name, args: [`--unit=${name}`], env: {}, mounts: [], deadlineMs };
}

const patienceMs = 30_000;

/** Waits until the condition holds; fails after half a minute of real time with what was waited for. */
export async function eventually(
  harness: RuntimeHarness,
  what: string,
  condition: () => Promise<boolean>,
): Promise<void> {
  const startedMs = systemClock.monotonicMs();
  while (!(await harness.settle(condition()))) {
    assert.ok(systemClock.monotonicMs() - startedMs < patienceMs, `never came true: ${what}`);
    await harness.settle(systemClock.sleep(5));
  }
}

/** Reads lines until `count` have come, then ends the following. */
export async function readLines(
  lines: AsyncIterable<string>,
  count: number,
  following?: AbortController,
): Promise<string[]> {
  const read: string[] = [];
  for await (const line of lines) {
    read.push(line);
    if (read.length >= count) following?.abort();
  }
  return read;
}
