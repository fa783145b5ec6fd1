import { formatDuration } from '../../base/duration.ts';
import type { NetworkDefinition, ReleaseSourceDefinition } from '../../core/network/definition.ts';
import type { IterationReport, NetworkReport } from '../../operations/network/show-network.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

/** A network and its clock, for people. Times are UTC. */
export function networkText(report: NetworkReport, style: Style): string {
  const { definition, current, next } = report;
  const left = style.strong(formatDuration(report.leftSeconds * 1_000));
  return [
    style.strong(definition.name),
    current === undefined ? 'Not begun yet' : iterationText('Iteration', current, report.nowMs),
    iterationText('Next', next, report.nowMs),
    `  in ${left}; its release may be out from ${utc(report.nextPublishedFromSeconds)} on`,
    'Definition',
    tableText(definitionRows(definition, report.followUrl)),
  ].join('\n');
}

function iterationText(title: string, iteration: IterationReport, nowMs: number): string {
  const isBeforeGenesis = nowMs < iteration.genesisSeconds * 1_000;
  const rows = [
    ['  tag', iteration.tag],
    ['  chain id', `${iteration.chainId} (0x${iteration.chainId.toString(16)})`],
    ['  T', utc(iteration.startSeconds)],
    ['  genesis', `${utc(iteration.genesisSeconds)}${isBeforeGenesis ? ' (no block before it)' : ''}`],
    ['  ends', utc(iteration.endSeconds)],
  ];
  return `${title} ${iteration.iteration}\n${tableText(rows)}`;
}

function definitionRows(definition: NetworkDefinition, followUrl: string | undefined): string[][] {
  const seconds = (value: number) => formatDuration(value * 1_000);
  return [
    ['  period', seconds(definition.periodSeconds)],
    ['  genesis delay', seconds(definition.genesisDelaySeconds)],
    ['  publish lead', seconds(definition.publishLeadSeconds)],
    ['  prefetch lead', seconds(definition.prefetchLeadSeconds)],
    ['  iteration 0', `${utc(definition.baseTimeSeconds)}, chain id ${definition.baseChainId}`],
    ...definition.releaseSources.map((source) => ['  releases', sourceText(source)]),
    ...definition.checkpointProviders.map((url) => ['  checkpoints', url]),
    ...(followUrl === undefined ? [] : [['  followers ask', followUrl]]),
  ];
}

function sourceText(source: ReleaseSourceDefinition): string {
  return `${source.kind} ${source.kind === 'directory' ? source.path : source.url}`;
}

/** `2026-12-17 19:00:00Z` */
export function utc(seconds: number): string {
  return new Date(seconds * 1_000).toISOString().replace('T', ' ').replace('.000Z', 'Z');
}
