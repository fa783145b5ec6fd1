import { EphemeryError } from '../../src/base/errors.ts';

/** All that is told of an error: its own words and facts, and the words of what caused it. */
export function toldBy(thrown: unknown): string {
  const told: unknown[] = [];
  for (let cause = thrown; cause instanceof Error; cause = cause.cause)
    told.push(cause.message, cause instanceof EphemeryError ? [cause.code, cause.remedy, cause.facts] : []);
  return JSON.stringify(told);
}
