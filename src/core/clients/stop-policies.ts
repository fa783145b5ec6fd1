import type { StopPolicy } from './units.ts';

/**
 * Databases are flushed on the way out, which may take minutes under load. At a reset the old chain is not
 * needed any more.
 */
export const chainStop: StopPolicy = { signal: 'SIGTERM', deadlineMs: 180_000, resetStopDeadlineMs: 5_000 };

/** What guards keys always gets the time it needs. */
export const signingStop: StopPolicy = { signal: 'SIGTERM', deadlineMs: 60_000, resetStopDeadlineMs: 60_000 };
