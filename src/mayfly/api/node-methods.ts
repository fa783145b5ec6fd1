import { routes } from '@lodestar/api';
import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import type { ApiNode } from './api-node.ts';
import type { PartOf } from './complete-methods.ts';

/** The node namespace: version, sync, health and what it is connected to. */
export function nodeMethods(node: ApiNode): PartOf<BeaconApiMethods['node']> {
  return {
    getNodeVersion: async () => ({ data: { version: node.version } }),
    getSyncingStatus: async () => ({ data: syncingStatus(node) }),
    getHealth: async ({ syncingStatus: asked }) => {
      const { isSyncing, elOffline } = syncingStatus(node);
      const { NodeHealth } = routes.node;
      if (elOffline) return { status: NodeHealth.NOT_INITIALIZED_OR_ISSUES as never };
      const syncing = asked ?? NodeHealth.SYNCING;
      return { status: (isSyncing ? syncing : NodeHealth.READY) as never };
    },
    getPeerCount: async () => ({
      data: { disconnected: 0, connecting: 0, connected: node.peers().length, disconnecting: 0 },
    }),
    getPeers: async () => {
      const data = node.peers().map(toPeer);
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
