import { formatDuration } from '../../base/duration.ts';
import type { LayerSyncReport, SyncReport } from '../../operations/control/watch-reports.ts';
import type { Style } from '../output/style.ts';
import { bar, sparkline } from './bar.ts';
import { findingText } from './finding-text.ts';

const barColumns = 30;
const chartColumns = 60;

const stageWords: Readonly<Record<LayerSyncReport['stage'], string>> = {
  silent: 'does not answer',
  'waiting-for-genesis': 'waits for the genesis',
  'waiting-for-consensus': 'waits for the consensus client',
  'waiting-for-execution': 'waits for the execution client',
  headers: 'fetches headers',
  bodies: 'fetches block bodies',
  state: 'fetches the state',
  heal: 'completes the state',
  blocks: 'runs blocks',
  slots: 'follows slot by slot',
  indexing: 'builds its indices',
  following: 'is at the head',
};

/** How far a node is, for people: a bar, a speed, an arrival and a small chart for each layer. */
export function syncText(report: SyncReport, style: Style): string {
  const { node, network, layers, beganAt, findings, recovery } = report;
  return [
    `${style.strong(node)} on ${network}${beganAt === undefined ? '' : style.faint(`, begun at the checkpoint of ${beganAt}`)}`,
    ...(layers.length === 0
      ? ['  not looked at yet']
      : layers.map((layer) => layerText(layer, nameColumns(layers), style))),
    ...findings.map((finding) => findingText(finding, style)),
    ...recovery.map(
      ({ kind, layer, words, needsConsent }) =>
        `  ephemery sync recover ${node} ${layer} --do ${kind}${needsConsent ? ' --yes' : ''}  ${style.faint(words)}`,
    ),
  ].join('\n');
}

function nameColumns(layers: readonly LayerSyncReport[]): number {
  return Math.max(11, ...layers.map(({ client }) => client.length));
}

function layerText(layer: LayerSyncReport, columns: number, style: Style): string {
  const { stage, head, target, client } = layer;
  const words = `${layer.layer.padEnd(9)} ${client.padEnd(columns)}`;
  const isGood = stage === 'following';
  const state =
    layer.stalledForMs > 0
      ? style.bad(`stands still for ${formatDuration(layer.stalledForMs)}`)
      : isGood
        ? style.good(stageWords[stage])
        : style.warning(stageWords[stage]);
  const lines = [`  ${words} ${state}${headText(layer)}`];
  if (head !== undefined && target !== undefined && target > head) {
    lines.push(
      `    ${bar(head / target, barColumns)} ${percent(head / target)}  ${speedText(layer)}`.trimEnd(),
    );
  }
  const chart = sparkline(distances(layer), chartColumns);
  if (chart !== '' && !isGood) lines.push(style.faint(`    ${chart} distance over ${spanText(layer)}`));
  return lines.join('\n');
}

function headText({ head, target }: LayerSyncReport): string {
  if (head === undefined || target === undefined) return '';
  return target > head ? `, ${count(head)} of ${count(target)}` : `, ${count(head)}`;
}

function speedText({ perSecond, arrival }: LayerSyncReport): string {
  const speed = perSecond === undefined ? '' : `${perSecond.toFixed(perSecond < 10 ? 2 : 0)}/s, `;
  if (arrival.kind === 'never') return `${speed}never at this speed`;
  if (arrival.kind !== 'coming' || arrival.inMs === undefined) return `${speed}measuring`;
  const earliest = formatDuration(arrival.earliestInMs ?? arrival.inMs);
  const latest = arrival.latestInMs === undefined ? 'perhaps never' : formatDuration(arrival.latestInMs);
  const band = earliest === latest ? '' : ` (${earliest} to ${latest})`;
  return `${speed}there in ${formatDuration(arrival.inMs)}${band}`;
}

function distances({ history }: LayerSyncReport): readonly number[] {
  return history.map(({ head, target }) => Math.max(0, target - head));
}

function spanText({ history }: LayerSyncReport): string {
  return formatDuration((history.at(-1)?.atMs ?? 0) - (history[0]?.atMs ?? 0));
}

function percent(share: number): string {
  return `${(Math.floor(share * 1_000) / 10).toFixed(1)} %`;
}

function count(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
