import { routes } from '@lodestar/api';
import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { ssz } from '@lodestar/types';
import type { ApiNode } from './api-node.ts';
import type { PartOf } from './complete-methods.ts';

/** The node namespace: version, sync, health and what it is connected to. */
export function nodeMethods(node: ApiNode): PartOf<BeaconApiMethods['node']> {
  return {
    getNodeVersion: async () => ({ data: { version: node.version } }),
    getNodeVersionV2: async () => ({ data: versions(node) }),
    getNetworkIdentity: async () => ({ data: withoutNetwork() }),
    getSyncingStatus: async () => ({ data: syncingStatus(node) }),
    getHealth: async ({ syncingStatus: asked }) => {
      if (asked !== undefined && (asked < 100 || asked > 599)) {
        throw new ApiError(400, `Invalid syncing status code: ${asked}`);
      }
      const { isSyncing, isOptimistic, elOffline } = syncingStatus(node);
      const { NodeHealth } = routes.node;
      const isReady = !isSyncing && !isOptimistic && !elOffline;
      return { status: (isReady ? NodeHealth.READY : (asked ?? NodeHealth.SYNCING)) as never };
    },
    getPeerCount: async () => ({
      data: { disconnected: 0, connecting: 0, connected: node.peers().length, disconnecting: 0 },
    }),
    getPeers: async ({ state, direction }) => {
      const data = node
        .peers()
        .map(toPeer)
        .filter((peer) => isWanted(state, peer.state) && isWanted(direction, peer.direction));
      return { data, meta: { count: data.length } };
    },
    getPeer: async ({ peerId }) => {
      const found = node.peers().find((peer) => peer === peerId);
      if (found === undefined) throw new ApiError(404, `Peer not found: ${peerId}`);
      return { data: toPeer(found) };
    },
  };
}

function syncingStatus({ chain, execution, syncing }: ApiNode): routes.node.SyncingStatus {
  return {
    headSlot: chain.head.slot,
    ...syncing(),
    isOptimistic: chain.unconfirmed.has(chain.head.root),
    elOffline: execution.offline,
  };
}

/** Mayfly has no libp2p: the peer of a follower is the API that it follows. */
function toPeer(url: string): routes.node.NodePeer {
  return { peerId: url, enr: null, lastSeenP2pAddress: url, state: 'connected', direction: 'outbound' };
}

function isWanted<T>(wanted: readonly T[] | undefined, value: T | null): boolean {
  return wanted === undefined || wanted.length === 0 || (value !== null && wanted.includes(value));
}

function versions({ version, execution }: ApiNode): routes.node.NodeVersionV2 {
  const { ClientCode } = routes.node;
  const codes = new Set<string>(Object.values(ClientCode));
  const beaconNode = { code: ClientCode.XX, name: 'Mayfly', version, commit: '0x00000000' };
  const { version: client } = execution;
  if (client === undefined) return { beaconNode };
  const code = (codes.has(client.code) ? client.code : ClientCode.XX) as routes.node.ClientCode;
  return { beaconNode, executionClient: { ...client, code } };
}

/** Mayfly speaks no libp2p: it has no peer id, no record and no addresses. */
function withoutNetwork(): routes.node.NetworkIdentity {
  const { seqNumber, attnets, syncnets } = ssz.altair.Metadata.defaultValue();
  return {
    peerId: '',
    enr: '',
    p2pAddresses: [],
    discoveryAddresses: [],
    metadata: { seqNumber, attnets, syncnets },
  };
}
