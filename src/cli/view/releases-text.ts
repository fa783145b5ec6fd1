import type { AskedReport, HeldReport, ReleasesReport } from '../../operations/network/list-releases.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';
import { findingLines } from './finding-text.ts';
import { utc } from './network-text.ts';

/** What is held and what the sources say, for people. */
export function releasesText(report: ReleasesReport, style: Style): string {
  const { held, asked, findings } = report;
  const rows = held.map((release) => heldRow(release, report.currentIteration));
  return [
    held.length === 0
      ? `No release of ${report.network} is held; \`ephemery network fetch ${report.network}\` brings one.`
      : tableText(rows),
    ...(asked ?? []).map((one) => askedText(one, style)),
    ...findingLines(findings, style),
  ].join('\n');
}

function heldRow({ tag, identity, highestFork, source, fetchedAtMs }: HeldReport, current: number): string[] {
  const { iteration, chainId, genesisValidatorsRoot } = identity;
  const which = iteration === current ? 'current' : iteration === current + 1 ? 'next' : '';
  const root = genesisValidatorsRoot.slice(0, 10);
  const fetched = `fetched ${utc(Math.floor(fetchedAtMs / 1_000))} from ${source}`;
  return [tag, `chain id ${chainId}`, `validators root ${root}…`, highestFork, which, fetched];
}

const words = {
  found: 'found',
  'not-yet': 'not yet',
  unknown: 'unknown',
  rejected: 'rejected',
  failed: 'failed',
} as const;

function askedText({ which, tag, sources }: AskedReport, style: Style): string {
  const rows = sources.map(({ source, answer, detail }) => {
    const word = words[answer];
    return [`  ${source}`, answer === 'found' ? style.good(word) : style.warning(word), detail];
  });
  const said = sources.length === 0 ? '  The network has no release source.' : tableText(rows);
  return `${style.strong(tag)} (${which})\n${said}`;
}
