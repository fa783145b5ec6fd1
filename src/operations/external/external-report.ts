import type { Answer } from '../../base/answer.ts';
import { shownUrl } from '../../base/http-url.ts';
import type { RunningIteration } from '../../core/external/external-node.ts';
import { externalRuntime } from '../../core/external/external-runtime.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { iterationAt, scheduleOf } from '../../core/network/schedule.ts';
import { type ChainLayer, chainLayers } from '../../core/node/desired.ts';
import type { ClientReport, NodeReport } from '../control/reports.ts';
import type { ExternalStatus, ExternalWatch } from './external-watch.ts';

/** What there is to say of a node that is only observed. */
export function reportExternal(watch: ExternalWatch, nowMs: number): NodeReport {
  const { node, status, findings } = watch;
  const next = scheduleOf(node.network, Math.max(0, iterationAt(node.network, nowMs) + 1));
  const common = {
    name: node.name,
    network: node.network.name,
    runtime: externalRuntime,
    held: false,
    nextResetAtMs: next.startSeconds * 1_000,
    findings: findings.map((finding: Finding) => ({ ...finding, facts: { ...finding.facts } })),
  };
  if (status === undefined) return { ...common, state: 'unknown', available: [], clients: [] };
  const { verdict, known } = status;
  const running = commonIteration(status);
  const identity = known.find(({ iteration }) => iteration === running);
  return {
    ...common,
    state: stateOf(status),
    available: [...new Set(known.map(({ iteration }) => iteration))],
    resetsMissed: verdict.resetsMissed,
    clients: chainLayers.map((layer) => clientReport(watch, layer, status)),
    ...(verdict.wanted === undefined ? {} : { wanted: verdict.wanted }),
    ...(running === undefined ? {} : { running }),
    ...(identity === undefined ? {} : { identity }),
  };
}

function stateOf({ verdict: { running, wanted }, seen }: ExternalStatus): NodeReport['state'] {
  const on = Object.values(running);
  if (on.some(({ is }) => is === 'foreign')) return 'elsewhere';
  if (on.some((layer) => layer.is === 'iteration' && layer.iteration !== wanted)) return 'elsewhere';
  if (on.some(({ is }) => is === 'unknown')) return 'unknown';
  return seen.syncing.known && seen.syncing.value.headSlot > 0 ? 'live' : 'proven';
}

/** The iteration that both layers name; undefined while they differ or one is silent. */
function commonIteration({ verdict }: ExternalStatus): number | undefined {
  const { execution, consensus } = verdict.running;
  if (execution.is !== 'iteration' || consensus.is !== 'iteration') return undefined;
  return execution.iteration === consensus.iteration ? execution.iteration : undefined;
}

function clientReport(
  { node }: ExternalWatch,
  layer: ChainLayer,
  { seen, verdict }: ExternalStatus,
): ClientReport {
  const { client, url } = node[layer];
  const running = verdict.running[layer];
  const version = layer === 'execution' ? seen.executionVersion : seen.consensusVersion;
  return {
    layer,
    client,
    version: version.known ? version.value : 'not known',
    state: running.is === 'unknown' ? 'unknown' : 'running',
    network: networkOf(running, verdict.wanted),
    ports: {},
    url: shownUrl(url),
    ...(layer === 'execution' ? headOf(seen.executionHead) : syncOf(seen.syncing)),
  };
}

function networkOf(running: RunningIteration, wanted: number | undefined): 'right' | 'wrong' | 'unknown' {
  if (running.is === 'unknown') return 'unknown';
  return running.is === 'iteration' && running.iteration === wanted ? 'right' : 'wrong';
}

function headOf(head: Answer<number>): Pick<ClientReport, 'head'> {
  return head.known ? { head: head.value } : {};
}

function syncOf(syncing: ExternalStatus['seen']['syncing']): Pick<ClientReport, 'head' | 'syncDistance'> {
  if (!syncing.known) return {};
  return { head: syncing.value.headSlot, syncDistance: syncing.value.syncDistance };
}
