import type { Clock } from '../../base/clock.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import { createBeaconHttp } from '../../chain/http/beacon.ts';
import { createBeaconNetworkHttp } from '../../chain/http/beacon-network.ts';
import { createExecutionNetworkHttp } from '../../chain/http/execution-network.ts';
import type { BeaconNetworkApi, ExecutionNetworkApi } from '../../chain/node-network.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { PeerMonitor } from '../../monitor/peers/peer-monitor.ts';
import { SyncMonitor } from '../../monitor/sync/sync-monitor.ts';
import type { HistoryPoint } from '../../storage/history.ts';
import type { WatchedNode } from './watched-node.ts';

/** What a watched node is asked by. */
export interface WatchChain {
  beacon(url: string): Pick<BeaconApi, 'genesis' | 'syncing' | 'peerCount'> & BeaconNetworkApi;
  execution(url: string): ExecutionNetworkApi;
}

export const httpWatchChain: WatchChain = {
  beacon: (url) => ({ ...createBeaconHttp({ url }), ...createBeaconNetworkHttp(url) }),
  execution: (url) => createExecutionNetworkHttp(url),
};

const peersEveryMs = 60_000;
const historyEveryMs = 60_000;

/** Both monitors of one node, each at its own pace. */
export class NodeWatch {
  readonly sync: SyncMonitor;
  readonly peers: PeerMonitor;
  private readonly node: WatchedNode;
  private readonly clock: Clock;
  private peersDueMs = 0;
  private historyDueMs = 0;

  constructor(node: WatchedNode, { clock, chain }: { readonly clock: Clock; readonly chain: WatchChain }) {
    this.node = node;
    this.clock = clock;
    const beacon = chain.beacon(node.beaconUrl);
    const execution = chain.execution(node.executionUrl);
    const { syncReader } = node;
    this.sync = new SyncMonitor({ node: node.name, clock, beacon, execution, syncReader });
    this.peers = new PeerMonitor({ node: node.name, clock, beacon, execution, ports: node.ports });
  }

  /** Looks once, and gives what is to be kept of it. */
  async look(): Promise<readonly HistoryPoint[]> {
    const nowMs = this.clock.monotonicMs();
    const isPeersDue = nowMs >= this.peersDueMs;
    await Promise.all([this.sync.sample(), ...(isPeersDue ? [this.peers.sample()] : [])]);
    // A client that is starting answers soon.
    const isSilent = this.peers.figures().some(({ peers }) => !peers.known);
    if (isPeersDue && !isSilent) this.peersDueMs = nowMs + peersEveryMs;
    this.node.shelf?.put(this.findings());
    if (nowMs < this.historyDueMs) return [];
    const points = this.points();
    if (points.length > 0) this.historyDueMs = nowMs + historyEveryMs;
    return points;
  }

  findings(): readonly Finding[] {
    return [...this.sync.findings(), ...this.peers.findings()];
  }

  private points(): readonly HistoryPoint[] {
    const atMs = this.clock.nowMs();
    const { name } = this.node;
    const sync = this.sync
      .figures()
      .flatMap(({ layer, head, target, stage }): HistoryPoint[] =>
        head === undefined || target === undefined || stage === 'silent'
          ? []
          : [{ series: `sync/${name}/${layer}`, atMs, values: { head, target } }],
      );
    const peers = this.peers.figures().flatMap(({ layer, peers: seen }): HistoryPoint[] => {
      if (!seen.known) return [];
      const { connected, inbound } = seen.value;
      const values = { connected, ...(inbound === undefined ? {} : { inbound }) };
      return [{ series: `peers/${name}/${layer}`, atMs, values }];
    });
    return [...sync, ...peers];
  }
}
