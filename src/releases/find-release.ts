import type { NetworkDefinition } from '../core/network/definition.ts';
import type { SourceReport } from './release-library.ts';
import type { ReleaseAnswer, ReleaseSource } from './release-source.ts';

/** What all sources said, and the first that has the release. */
export interface FoundInSources {
  readonly answer: ReleaseAnswer;
  readonly reports: readonly SourceReport[];
}

/**
 * Asks the sources in order until one has the release. Without any: `not-yet` only when every source says so
 * clearly; one that does not know makes it `unknown`, because that one may have it.
 */
export async function findRelease(
  sources: readonly ReleaseSource[],
  wanted: { readonly definition: NetworkDefinition; readonly iteration: number },
  signal?: AbortSignal,
): Promise<FoundInSources> {
  const reports: SourceReport[] = [];
  for (const source of sources) {
    const answer = await source.find(wanted.definition, wanted.iteration, signal);
    reports.push(reportOf(source, answer));
    if (answer.answer === 'found') return { answer, reports };
  }
  return { answer: combined(reports), reports };
}

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
