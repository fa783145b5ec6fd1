/**
 * One measurement. A file `tools/bench/<name>.ts` exports it as `bench`; `npm run bench` finds the file,
 * runs it in a process of its own and writes the medians into docs/reference/benchmarks.md.
 */
export interface Bench {
  /** Kebab-case and equal to the file's name. */
  readonly name: string;
  /** One line for the table: what is measured, from where to where, at which size. */
  readonly what: string;
  /** Of the measured value: `ms`, `s`, `MB`, `slots/s`. */
  readonly unit: string;
  readonly limit?: BenchLimit;
  /** Peak resident memory that a run may reach, in MB. */
  readonly memoryLimitMb?: number;
  /** Runs before the measured ones, whose figures are thrown away. */
  readonly warmups: number;
  /** Measured runs; the table has their median. */
  readonly runs: number;
  /** Work that all runs share and none should measure; what it returns is called at the end, whatever happened. */
  prepare?(): Promise<() => Promise<void>>;
  /** One run. Throws `BenchUnavailable` where the machine lacks what it needs. */
  run(): Promise<BenchSample>;
}

export interface BenchLimit {
  readonly value: number;
  /** `at-most` unless told: whether the value is to stay under the limit or to reach it. */
  readonly sense?: 'at-most' | 'at-least';
}

export interface BenchSample {
  /** In the bench's unit. */
  readonly value: number;
  /** Of another process that did the work, where it is known; when absent, that of the bench's own process is taken. */
  readonly peakMemoryMb?: number | 'unknown';
}

/** The bench cannot be run here; the table says why. */
export class BenchUnavailable extends Error {
  override readonly name = 'BenchUnavailable';
}
