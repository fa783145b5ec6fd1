import type { CheckpointsReport } from '../../operations/checkpoint/network-checkpoints.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';
import { findingText } from './finding-text.ts';

type Provider = CheckpointsReport['providers'][number];

/** What the checkpoint providers of a network say, for people. */
export function checkpointsText(report: CheckpointsReport, style: Style): string {
  const { network, iteration, currentEpoch, providers, choice, findings } = report;
  return [
    `${style.strong(network)}, iteration ${iteration}, epoch ${currentEpoch}`,
    ...(providers.length === 0
      ? ['  it has no providers']
      : [tableText(providers.map((one) => row(one, style)))]),
    choiceText(choice, style),
    ...findings.map((finding) => findingText({ ...finding, facts: { ...finding.facts } }, style)),
  ].join('\n');
}

function row(provider: Provider, style: Style): readonly string[] {
  const { url } = provider;
  if (provider.verdict === 'eligible') {
    const { epoch, root } = provider.finalized;
    return ['', url, style.good('may be believed'), `epoch ${epoch}, ${root.slice(0, 12)}…`];
  }
  if (provider.verdict === 'silent') return ['', url, style.warning('silent'), plainText(provider.detail)];
  return ['', url, style.bad(provider.reason), plainText(provider.detail)];
}

function choiceText(choice: CheckpointsReport['choice'], style: Style): string {
  if (choice.choice === 'use') {
    return style.good(
      `A node would begin with ${choice.url}, confirmed by ${choice.confirmedBy.join(', ')}.`,
    );
  }
  if (choice.choice === 'genesis') return style.warning(`A node would begin at genesis: ${choice.reason}.`);
  return style.warning(`A node would wait two minutes, then begin at genesis: ${choice.reason}.`);
}
