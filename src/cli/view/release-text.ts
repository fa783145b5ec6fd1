import { identityName, type NetworkIdentity } from '../../core/network/identity.ts';
import type { BuildReport } from '../../operations/network/build-network.ts';
import type { FetchReport } from '../../operations/network/fetch-release.ts';
import type { VerifyReport } from '../../operations/network/verify-release.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';
import { findingLines } from './finding-text.ts';
import { utc } from './network-text.ts';

export function fetchText(report: FetchReport, style: Style): string {
  return [headline(report, style), ...findingLines(report.findings, style)].join('\n');
}

function headline(report: FetchReport, style: Style): string {
  const what = `${report.network} ${report.iteration}`;
  switch (report.outcome) {
    case 'held': {
      const { bundle, fetched } = report;
      const word = style.good(fetched ? 'Fetched and verified' : 'Held already');
      return `${word}: ${bundle.tag}\n${identityText(bundle.identity)}\n${bundle.directory}`;
    }
    case 'not-yet':
      return `${style.warning('Not yet published')}: ${what}: ${report.detail}`;
    case 'unknown':
      return `${style.warning('Unknown')}: ${what}: ${report.reason}`;
    case 'needs-consent':
      return `${style.warning('Needs consent')}: ${what}: ${report.needsConsent.join(', ')}`;
  }
}

const verdicts = { accepted: 'Accepted', 'needs-consent': 'Needs consent', rejected: 'Rejected' } as const;

export function verifyText(report: VerifyReport, style: Style): string {
  const { outcome, path, network, iteration, findings, needsConsent, bundle, forms } = report;
  const mark = { accepted: style.good, 'needs-consent': style.warning, rejected: style.bad }[outcome];
  const asked = needsConsent.length === 0 ? '' : ` (${needsConsent.join(', ')})`;
  return [
    `${mark(verdicts[outcome])}${asked}: ${path} as iteration ${iteration} of ${network}`,
    ...(forms.length < 2
      ? []
      : [`  read: ${forms.map((form) => `${form.name} (${form.outcome})`).join(', ')}`]),
    ...(bundle === undefined ? [] : [identityText(bundle.identity)]),
    ...findingLines(findings, style),
  ].join('\n');
}

export function buildText(report: BuildReport, style: Style): string {
  const { tag, directory, identity, genesisFork, highestFork, startSeconds } = report;
  const forks = genesisFork === highestFork ? genesisFork : `${genesisFork} to ${highestFork}`;
  return [
    `${style.good('Built')} ${tag}, ${forks}, T ${utc(startSeconds)}`,
    identityText(identity),
    `Wrote ${directory}`,
  ].join('\n');
}

function identityText(identity: NetworkIdentity): string {
  return tableText([
    ['  identity', identityName(identity)],
    ['  chain id', `${identity.chainId}`],
    ['  genesis', utc(identity.genesisTimeSeconds)],
    ['  validators root', identity.genesisValidatorsRoot],
    ['  execution genesis', identity.executionGenesisHash],
  ]);
}
