import { formatDuration } from '../../base/duration.ts';

/** Seconds as people say them. The name of a fact, which the reference puts in its place, stays as it is. */
export function secondsText(seconds: number): string {
  return Number.isFinite(seconds) ? formatDuration(seconds * 1_000) : `${seconds} s`;
}

/** A time in Unix seconds, as UTC. The name of a fact stays here too. */
export function timeText(seconds: number): string {
  return Number.isFinite(seconds) ? new Date(seconds * 1_000).toISOString() : `${seconds}`;
}
