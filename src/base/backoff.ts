import type { Random } from './random.ts';

/** Waiting times between tries: doubling from `firstMs` up to `lastMs`, each shortened by up to a quarter at random. */
export interface BackoffPolicy {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The wait before try `attempt` (0 is the first retry), in milliseconds. Jitter keeps many nodes from asking at once. */
export function backoffMs(policy: BackoffPolicy, attempt: number, random: Random): number {
  const fullMs = Math.min(policy.lastMs, policy.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(fullMs * (1 - random.next() / 4));
}
