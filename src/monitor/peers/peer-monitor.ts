import type { Answer } from '../../base/answer.ts';
import type { Clock } from '../../base/clock.ts';
import type { BeaconApi } from '../../chain/beacon.ts';
import type { BeaconNetworkApi, ExecutionNetworkApi, PeerInfo } from '../../chain/node-network.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { peersFindings } from '../../core/findings/peers.ts';
import { type ChainLayer, chainLayers } from '../../core/node/desired.ts';
import { type PeerSummary, summarisePeers } from '../../core/peers/peer-summary.ts';

export interface PeerMonitorOptions {
  readonly node: string;
  readonly clock: Clock;
  readonly execution: Pick<ExecutionNetworkApi, 'peers' | 'peerCount'>;
  readonly beacon: Pick<BeaconNetworkApi, 'peers'> & Pick<BeaconApi, 'peerCount'>;
  /** Ports that peers must reach, by layer, in words; a layer without has no peers and is not judged. */
  readonly ports: Readonly<Partial<Record<ChainLayer, string>>>;
}

export interface LayerPeers {
  readonly layer: ChainLayer;
  readonly peers: Answer<PeerSummary>;
}

interface Memory {
  readonly peers: Answer<PeerSummary>;
  /** Monotonic: since when there is no peer at all, and none from outside. */
  readonly noneSinceMs?: number;
  readonly noInboundSinceMs?: number;
}

const noneWorthTellingMs = 600_000;
const noInboundWorthTellingMs = 1_800_000;
const few = 3;

/** Watches the peers of both clients of one node. Asks only when told to. */
export class PeerMonitor {
  private readonly options: PeerMonitorOptions;
  private memory: Partial<Record<ChainLayer, Memory>> = {};

  constructor(options: PeerMonitorOptions) {
    this.options = options;
  }

  async sample(): Promise<void> {
    const [execution, consensus] = await Promise.all([this.executionPeers(), this.consensusPeers()]);
    const atMs = this.options.clock.monotonicMs();
    this.memory = {
      execution: remembered(this.memory.execution, execution, atMs),
      consensus: remembered(this.memory.consensus, consensus, atMs),
    };
  }

  /** None before the first look. */
  figures(): readonly LayerPeers[] {
    return chainLayers.flatMap((layer) => {
      const memory = this.memory[layer];
      return memory === undefined ? [] : [{ layer, peers: memory.peers }];
    });
  }

  findings(): readonly Finding[] {
    return chainLayers.flatMap((layer) => this.layerFindings(layer));
  }

  private layerFindings(layer: ChainLayer): readonly Finding[] {
    const memory = this.memory[layer];
    const ports = this.options.ports[layer];
    if (memory?.peers.known !== true || ports === undefined) return [];
    const { connected } = memory.peers.value;
    const subject = { node: this.options.node, layer };
    const sinceMs = (fromMs: number | undefined) =>
      fromMs === undefined ? 0 : this.options.clock.monotonicMs() - fromMs;
    const noneMs = sinceMs(memory.noneSinceMs);
    if (noneMs >= noneWorthTellingMs) {
      const facts = { layer, forSeconds: Math.round(noneMs / 1_000) };
      return [peersFindings.create('EPH-PEERS-NONE', facts, subject)];
    }
    const alone = sinceMs(memory.noInboundSinceMs);
    const findings: Finding[] = [];
    if (alone >= noInboundWorthTellingMs) {
      const facts = { layer, connected, ports, forSeconds: Math.round(alone / 1_000) };
      findings.push(peersFindings.create('EPH-PEERS-NO-INBOUND', facts, subject));
    }
    if (connected > 0 && connected <= few && alone >= noneWorthTellingMs) {
      findings.push(peersFindings.create('EPH-PEERS-FEW', { layer, connected, usual: few }, subject));
    }
    return findings;
  }

  /** The list where the client gives it, else the count alone. */
  private async executionPeers(): Promise<Answer<PeerSummary>> {
    const { execution } = this.options;
    return summary(await execution.peers(), () => execution.peerCount());
  }

  private async consensusPeers(): Promise<Answer<PeerSummary>> {
    const { beacon } = this.options;
    return summary(await beacon.peers(), () => beacon.peerCount());
  }
}

async function summary(
  peers: Answer<readonly PeerInfo[]>,
  count: () => Promise<Answer<number>>,
): Promise<Answer<PeerSummary>> {
  if (peers.known) return { known: true, value: summarisePeers(peers.value) };
  const counted = await count();
  return counted.known ? { known: true, value: { connected: counted.value, clients: [] } } : counted;
}

/** A client that does not answer is asked again; since when it had none is kept meanwhile. */
function remembered(before: Memory | undefined, peers: Answer<PeerSummary>, atMs: number): Memory {
  if (!peers.known) return { ...before, peers };
  const { connected, inbound } = peers.value;
  return {
    peers,
    ...(connected === 0 ? { noneSinceMs: before?.noneSinceMs ?? atMs } : {}),
    ...(connected > 0 && inbound === 0 ? { noInboundSinceMs: before?.noInboundSinceMs ?? atMs } : {}),
  };
}
