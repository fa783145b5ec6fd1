import type { SourceReport } from './release-library.ts';
import type { ReleaseAnswer, ReleaseSource } from './release-source.ts';

/** One source's answer in a line. */
export function reportOf(source: ReleaseSource, answer: ReleaseAnswer): SourceReport {
  const detail =
    answer.answer === 'found'
      ? answer.release.origin
      : answer.answer === 'not-yet'
        ? answer.detail
        : answer.reason;
  return { source: source.name, answer: answer.answer, detail };
}

/** What follows when no source gave a usable release. */
export function combined(
  reports: readonly SourceReport[],
): ReleaseAnswer & { answer: 'not-yet' | 'unknown' } {
  const unsure = reports.filter(({ answer }) => answer !== 'not-yet');
  const list = (some: readonly SourceReport[]) =>
    some.map(({ source, detail }) => `${source}: ${detail}`).join('; ');
  if (reports.length === 0) return { answer: 'unknown', reason: 'the network has no release source' };
  return unsure.length > 0
    ? { answer: 'unknown', reason: list(unsure) }
    : { answer: 'not-yet', detail: list(reports) };
}
