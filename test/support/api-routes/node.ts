import { chainConfigToJson } from '@lodestar/config';
import { expect } from 'vitest';
import { nodeVersion } from '../../../src/mayfly/version.ts';
import { ofData, type Rows } from './row.ts';
import type { ApiWorld } from './world.ts';

/** Routes about the node itself and its configuration. */
export function nodeRows({ fork, setup, stepped }: ApiWorld): Rows {
  const { config } = setup.network;
  const forks = ['1', '2', '3', '4', '5', '6', '7'].slice(0, fork === 'fulu' ? 7 : 6);
  const version = (digit: string) => `0x${digit}0000001`;
  return {
    getSpec: [
      {
        answer: ofData<Record<string, string>>((data) => {
          expect(data).toMatchObject(chainConfigToJson(config));
          expect(data).toMatchObject({
            ...{ PRESET_BASE: 'mainnet', SLOTS_PER_EPOCH: '32', SYNC_COMMITTEE_SIZE: '512' },
            ...{ GENESIS_FORK_VERSION: '0x10000001', SECONDS_PER_SLOT: '2', SHARD_COMMITTEE_PERIOD: '1' },
            ...{ DOMAIN_BEACON_ATTESTER: '0x01000000', MAX_EFFECTIVE_BALANCE_ELECTRA: '2048000000000' },
          });
        }),
      },
    ],
    getForkSchedule: [
      {
        answer: {
          data: forks.map((digit, i) => ({
            previous_version: version(forks[Math.max(0, i - 1)] ?? digit),
            current_version: version(digit),
            epoch: '0',
          })),
        },
      },
    ],
    getDepositContract: [
      {
        answer: {
          data: {
            chain_id: `${config.DEPOSIT_CHAIN_ID}`,
            // With the checksum of EIP-55.
            address: '0x00000000219ab540356cBB839Cbe05303d7705Fa',
          },
        },
      },
    ],
    ...programRows(),
    ...peerRows(),
    getSyncingStatus: [
      {
        answer: {
          data: {
            ...{ head_slot: `${stepped.node.chain.head.slot}`, sync_distance: '0', is_syncing: false },
            ...{ is_optimistic: false, el_offline: false },
          },
        },
      },
    ],
    getHealth: [{ args: {} }, { args: { syncingStatus: 99 }, status: 400 }],
  };
}

function programRows(): Rows {
  return {
    getNodeVersion: [{ answer: { data: { version: nodeVersion } } }],
    getNodeVersionV2: [
      {
        answer: {
          data: {
            beacon_node: { code: 'XX', name: 'Mayfly', version: nodeVersion, commit: '0x00000000' },
            execution_client: { code: 'XX', name: 'stub', version: '0', commit: '0x00000000' },
          },
        },
      },
    ],
  };
}

/** It has no peers to speak of. */
function peerRows(): Rows {
  return {
    getNetworkIdentity: [
      {
        answer: {
          data: {
            ...{ peer_id: '', enr: '', p2p_addresses: [], discovery_addresses: [] },
            metadata: { seq_number: '0', attnets: '0x0000000000000000', syncnets: '0x00' },
          },
        },
      },
    ],
    getPeerCount: [
      { answer: { data: { disconnected: '0', connecting: '0', connected: '0', disconnecting: '0' } } },
    ],
    getPeers: [{ args: {}, answer: { data: [], meta: { count: 0 } } }],
    getPeer: [{ args: { peerId: 'somebody' }, status: 404 }],
  };
}
