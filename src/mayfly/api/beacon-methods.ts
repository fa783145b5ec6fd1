import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import type { ApiNode } from './api-node.ts';
import { blockMethods } from './block-methods.ts';
import type { PartOf } from './complete-methods.ts';
import { stateMethods } from './state-methods.ts';

/** The beacon namespace. */
export function beaconMethods(node: ApiNode): PartOf<BeaconApiMethods['beacon']> {
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
    publishBlockV2: async ({ signedBlockContents }) => {
      const result = await node.publishBlock(signedBlockContents.signedBlock as never);
      if (result.kind === 'refused') throw new ApiError(400, `Block refused: ${result.reason}`);
      // 202: broadcast, but its parent is not known here (Beacon API, publishBlockV2).
      return result.kind === 'orphan' ? { status: 202 } : {};
    },
  };
}
