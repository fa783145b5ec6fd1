import type { Answer } from '../../base/answer.ts';
import type {
  BeaconNetworkApi,
  ExecutionNetworkApi,
  OwnIdentity,
  PeerInfo,
} from '../../chain/node-network.ts';
import type { NodeProbe, ProbeAnswer, ProbeWay } from '../../chain/node-probe.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { peersFindings } from '../../core/findings/peers.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import { type ChainLayer, chainLayers } from '../../core/node/desired.ts';
import { addressKind, commonHost } from '../../core/peers/address-kind.ts';
import { publicPortWords } from '../../core/peers/port-words.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { beaconUrl, executionUrl } from '../node/node-setup.ts';
import {
  type BootnodeReport,
  bootnodeFindings,
  probeBootnodes,
  seenAddresses,
} from '../peers/probe-bootnodes.ts';
import { type AnnouncedAddress, announcedBy } from './announced-address.ts';

/** What the reachability of nodes is examined with. */
export interface ReachabilityTools {
  readonly probe: NodeProbe;
  execution(url: string): Pick<ExecutionNetworkApi, 'identity' | 'peers'>;
  beacon(url: string): Pick<BeaconNetworkApi, 'identity' | 'peers'>;
}

/**
 * Whether peers find and reach our nodes: the bootnodes of their networks, the address that others see of us, the
 * address that each client announces, and whether anybody answers there. Simulated networks have no peers.
 */
export async function examineReachability(
  nodes: readonly AssembledNode[],
  tools: ReachabilityTools,
): Promise<readonly Finding[]> {
  const withPeers = nodes.filter(({ setup }) => setup.consensus.followUrl === undefined);
  const findings = await Promise.all(withPeers.map((node) => examineNode(node, tools)));
  const all = findings.flat();
  // Nodes of one network share its bootnodes: their silence is told once.
  return [
    ...new Map(all.map((finding) => [JSON.stringify([finding.code, finding.subject]), finding])).values(),
  ];
}

async function examineNode(node: AssembledNode, tools: ReachabilityTools): Promise<readonly Finding[]> {
  const { setup, environment } = node;
  const iteration = iterationAt(setup.network, environment.clock.nowMs());
  const [bundle] = iteration < 0 ? [] : await environment.releases.held(iteration);
  const bootnodes = bundle === undefined ? [] : await probeBootnodes(bundle, tools.probe);
  const layers = await Promise.all(
    chainLayers.map((layer) => examineLayer({ node, layer, bootnodes }, tools)),
  );
  return [...bootnodeFindings(setup.network.name, bootnodes), ...layers.flat()];
}

interface LayerFacts {
  readonly node: AssembledNode;
  readonly layer: ChainLayer;
  readonly bootnodes: readonly BootnodeReport[];
}

async function examineLayer(
  { node, layer, bootnodes }: LayerFacts,
  tools: ReachabilityTools,
): Promise<readonly Finding[]> {
  const { setup } = node;
  const client = setup[layer];
  const ports = publicPortWords(client.definition.ports, client.ports);
  if (ports === '') return [];
  const api = layer === 'execution' ? tools.execution(executionUrl(setup)) : tools.beacon(beaconUrl(setup));
  const [identity, peers] = await Promise.all([api.identity(), api.peers()]);
  // A client that is down is told of elsewhere.
  if (!identity.known || hasInbound(peers)) return [];
  const announced = announcedBy(identity.value);
  if (announced === undefined) return [];
  const subject = { node: setup.name, layer };
  const outer = commonHost(seenAddresses(bootnodes));
  const kind = addressKind(announced.host);
  const findings: Finding[] = [];
  if (kind !== 'public' && kind !== 'name') {
    const facts = { layer, announced: announced.host, kind };
    findings.push(peersFindings.create('EPH-PEERS-ADDRESS', facts, subject));
  } else {
    findings.push(
      ...closedFindings(
        layer,
        announced,
        await callSelf(identity.value, { layer, announced }, tools.probe),
      ).map((facts) => peersFindings.create('EPH-PEERS-PORT-CLOSED', facts, subject)),
    );
  }
  const facts = { target: layer, ports, outer: outer ?? 'your outer address' };
  return [...findings, peersFindings.create('EPH-PEERS-FORWARD', facts, subject)];
}

function hasInbound(peers: Answer<readonly PeerInfo[]>): boolean {
  return peers.known && peers.value.some(({ direction }) => direction === 'inbound');
}

/** Calls our own client where it says that it is. */
function callSelf(
  { enode, enr }: OwnIdentity,
  { layer, announced }: { readonly layer: ChainLayer; readonly announced: AnnouncedAddress },
  probe: NodeProbe,
): Promise<readonly ProbeAnswer[]> {
  if (layer === 'execution' && enode !== undefined) {
    return Promise.all([probe.rlpx(enode), probe.discv4(enode)]);
  }
  if (enr === undefined) return Promise.resolve([]);
  // Found by UDP, talked to by TCP: a router may let through one alone. Some speak nothing but QUIC.
  return Promise.all([probe.discv5(enr), ...(announced.tcpPort === 0 ? [] : [probe.libp2p(enr)])]);
}

const byTcp: readonly ProbeWay[] = ['rlpx', 'libp2p'];

function closedFindings(layer: ChainLayer, announced: AnnouncedAddress, answers: readonly ProbeAnswer[]) {
  return answers.flatMap((answer) => {
    if (answer.answers) return [];
    const transport = byTcp.includes(answer.by) ? 'TCP' : 'UDP';
    const port = transport === 'TCP' ? announced.tcpPort : announced.udpPort;
    return [{ layer, address: `${announced.host}:${port}`, transport, detail: answer.reason }];
  });
}
