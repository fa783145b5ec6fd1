import type { CrashRecord } from './observed.ts';

/** A run this long is taken as steady: the next exit counts as the first. */
export const steadyRunMs = 600_000;

/** Exits in a row after which it is worth telling. */
export const crashesWorthTelling = 3;

/** An exit within this time of the start is one at once: nothing was done in between. */
export const atOnceMs = 60_000;

/**
 * A validator client that ends at once so many times in a row is left alone: a password that does not fit its
 * keystore will not fit the next time either.
 */
const triesOfValidator = 5;

export function isLeftAlone(validator: CrashRecord): boolean {
  return validator.atOnce >= triesOfValidator;
}

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

/** Milliseconds until a unit that ended unasked may be started again; 0 when it may now. Doubles with each exit in a row. */
export function restartWaitMs(crashes: CrashRecord): number {
  if (crashes.count === 0) return 0;
  const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(crashes.count - 1, 16));
  return Math.max(0, waitMs - crashes.sinceLastMs);
}
