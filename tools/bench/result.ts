import type { Bench } from './bench.ts';

/** What a bench came to; kept in docs/reference/benchmarks.json, so that a run of one bench leaves the others' rows. */
export interface BenchResult {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly limit?: Bench['limit'];
  readonly memoryLimitMb?: number;
  readonly runs: number;
  readonly median: number;
  readonly smallest: number;
  readonly largest: number;
  /** Absent where another process did the work, and nobody could tell. */
  readonly peakMemoryMb?: number;
  readonly machine: Machine;
}

/** As much of the machine as makes a figure comparable, and no more. */
export interface Machine {
  readonly platform: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
}

/** What the child sends to its parent. */
export type BenchOutcome =
  | { readonly outcome: 'measured'; readonly result: BenchResult }
  | { readonly outcome: 'unavailable'; readonly reason: string };

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** How much of the limit is used: at most 1 when it is kept, whichever way it points. */
export function shareOfLimit(result: BenchResult): number | undefined {
  const { limit, median: value } = result;
  if (limit === undefined) return undefined;
  return limit.sense === 'at-least' ? limit.value / value : value / limit.value;
}

export function shareOfMemory(result: BenchResult): number | undefined {
  const { peakMemoryMb, memoryLimitMb } = result;
  return memoryLimitMb === undefined || peakMemoryMb === undefined ? undefined : peakMemoryMb / memoryLimitMb;
}

export function keepsLimits(result: BenchResult): boolean {
  return (shareOfLimit(result) ?? 0) <= 1 && (shareOfMemory(result) ?? 0) <= 1;
}
