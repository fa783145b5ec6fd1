import type { Clock } from '../../base/clock.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { ChainLayer } from '../../core/node/desired.ts';
import { recoverySteps } from '../../core/sync/recovery.ts';
import type { LayerPeers } from '../../monitor/peers/peer-monitor.ts';
import type { LayerFigures } from '../../monitor/sync/sync-monitor.ts';
import type { History, HistoryPoint } from '../../storage/history.ts';
import type { FindingReport } from '../control/reports.ts';
import type { LayerPeersReport, LayerSyncReport, PeersReport, SyncReport } from '../control/watch-reports.ts';
import type { NodeWatch } from './node-watch.ts';
import type { WatchedNode } from './watched-node.ts';

interface Seen {
  readonly node: WatchedNode;
  readonly watch: NodeWatch;
}

interface Tools {
  readonly clock: Clock;
  readonly history: History;
}

const chartMs = 21_600_000;
const chartPoints = 120;
/** A head that went back further than that was of another chain. */
const mostReorg = 64;

export async function reportSync({ node, watch }: Seen, tools: Tools): Promise<SyncReport> {
  const layers = watch.sync.figures();
  const beganAt = node.beganAt?.();
  const slotSeconds = watch.sync.timing?.slotSeconds;
  return {
    node: node.name,
    network: node.network,
    atMs: tools.clock.nowMs(),
    ...(slotSeconds === undefined ? {} : { slotSeconds }),
    ...(beganAt === undefined ? {} : { beganAt }),
    layers: await Promise.all(layers.map((figures) => layerSync(node, figures, tools))),
    recovery: layers
      .filter(({ stalledForMs }) => stalledForMs > 0 && node.shelf !== undefined)
      .flatMap(({ layer }) =>
        recoverySteps(layer, {
          beganAtCheckpoint: beganAt !== undefined,
          isOneProgram: node.isOneProgram === true,
        }),
      ),
    findings: reported(watch.sync.findings()),
  };
}

export async function reportPeers({ node, watch }: Seen, tools: Tools): Promise<PeersReport> {
  const layers = watch.peers.figures();
  return {
    node: node.name,
    network: node.network,
    atMs: tools.clock.nowMs(),
    layers: await Promise.all(layers.map((figures) => layerPeers(node, figures, tools))),
    findings: reported(watch.peers.findings()),
  };
}

async function layerSync(node: WatchedNode, figures: LayerFigures, tools: Tools): Promise<LayerSyncReport> {
  const { layer, stage, head, target, distance, speed, arrival, stalledForMs } = figures;
  return {
    layer,
    client: node.clients[layer],
    stage,
    arrival: { ...arrival },
    stalledForMs,
    ...(head === undefined ? {} : { head }),
    ...(target === undefined ? {} : { target }),
    ...(distance === undefined ? {} : { distance }),
    ...(speed === undefined
      ? {}
      : { perSecond: speed.perSecond, perSecondLow: speed.low, perSecondHigh: speed.high }),
    history: ofThisChain(await pointsOf('sync', { node, layer }, tools)),
  };
}

async function layerPeers(
  node: WatchedNode,
  { layer, peers }: LayerPeers,
  tools: Tools,
): Promise<LayerPeersReport> {
  const ports = node.ports[layer];
  const points = await pointsOf('peers', { node, layer }, tools);
  return {
    layer,
    client: node.clients[layer],
    ...(peers.known
      ? { ...peers.value, clients: [...peers.value.clients] }
      : { clients: [], unknown: peers.reason }),
    ...(ports === undefined ? {} : { ports }),
    history: points.map(({ atMs, values }) => ({ atMs, connected: values.connected ?? 0 })),
  };
}

function pointsOf(
  kind: 'sync' | 'peers',
  of: { readonly node: WatchedNode; readonly layer: ChainLayer },
  { clock, history }: Tools,
): Promise<readonly HistoryPoint[]> {
  const series = `${kind}/${of.node.name}/${of.layer}`;
  return history.read({ series, sinceMs: clock.nowMs() - chartMs, most: chartPoints });
}

function ofThisChain(points: readonly HistoryPoint[]): LayerSyncReport['history'] {
  const all = points.map(({ atMs, values }) => ({
    atMs,
    head: values.head ?? 0,
    target: values.target ?? 0,
  }));
  const lastBreak = all.findLastIndex(
    ({ head }, index) => index > 0 && head < (all[index - 1]?.head ?? 0) - mostReorg,
  );
  return lastBreak < 0 ? all : all.slice(lastBreak);
}

function reported(findings: readonly Finding[]): FindingReport[] {
  return findings.map((finding) => ({ ...finding, facts: { ...finding.facts } }));
}
