import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import type { ApiNode } from './api-node.ts';
import { blobMethods } from './blob-methods.ts';
import { blockMethods } from './block-methods.ts';
import { committeeMethods } from './committee-methods.ts';
import type { PartOf } from './complete-methods.ts';
import type { EpochStates } from './epoch-states.ts';
import { notWhileSyncing } from './not-while-syncing.ts';
import { pendingMethods } from './pending-methods.ts';
import { poolMethods } from './pool-methods.ts';
import type { ProducedPayloads } from './produced-payloads.ts';
import { publishMethods } from './publish-methods.ts';
import { rewardMethods } from './reward-methods.ts';
import { stateMethods } from './state-methods.ts';
import { validatorMethods } from './validator-methods.ts';
import { voteMethods } from './vote-methods.ts';

/** The beacon namespace. */
export function beaconMethods(
  node: ApiNode,
  states: EpochStates,
  payloads: ProducedPayloads,
): PartOf<BeaconApiMethods['beacon']> {
  const { network, config } = node.chain;
  return {
    getGenesis: async () => ({
      data: {
        genesisTime: network.genesisTimeSeconds,
        genesisValidatorsRoot: config.genesisValidatorsRoot,
        genesisForkVersion: config.GENESIS_FORK_VERSION,
      },
    }),
    ...blockMethods(node),
    ...stateMethods(node),
    ...validatorMethods(node),
    ...committeeMethods(node),
    ...pendingMethods(node),
    ...rewardMethods(node),
    ...blobMethods(node),
    ...notWhileSyncing(node, publishMethods(node, payloads)),
    ...voteMethods(node, states),
    ...poolMethods(node, states),
  };
}
