import { routes } from '@lodestar/api';
import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { signedBlindedBlockToFull } from '@lodestar/state-transition';
import type { electra } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';
import { summarise } from '../chain/transition.ts';
import type { SignedBlock } from '../types.ts';
import type { ApiNode } from './api-node.ts';
import { checkGossip } from './block-gossip.ts';
import type { ProducedPayloads } from './produced-payloads.ts';

type PublishMethods = Pick<BeaconApiMethods['beacon'], 'publishBlockV2' | 'publishBlindedBlockV2'>;

const { BroadcastValidation } = routes.beacon;

/** Takes signed blocks from validator clients. */
export function publishMethods(node: ApiNode, payloads: ProducedPayloads): PublishMethods {
  const { config } = node.chain;
  return {
    publishBlockV2: ({ signedBlockContents, broadcastValidation }) =>
      publish(node, signedBlockContents.signedBlock as SignedBlock, broadcastValidation),
    publishBlindedBlockV2: async ({ signedBlindedBlock, broadcastValidation }) => {
      const { slot, body } = signedBlindedBlock.message as electra.BlindedBeaconBlock;
      const { blockHash } = body.executionPayloadHeader;
      const payload = payloads.get(blockHash);
      if (payload === undefined) {
        throw new ApiError(400, `Unknown payload: ${toRootHex(blockHash)} was not built for this node`);
      }
      const block = signedBlindedBlockToFull(config.getForkName(slot), signedBlindedBlock, payload);
      return publish(node, block as SignedBlock, broadcastValidation);
    },
  };
}

/** 202 says that the block was spread but did not become part of the chain here (Beacon API, publishBlockV2). */
async function publish(
  node: ApiNode,
  block: SignedBlock,
  validation: string = BroadcastValidation.gossip,
): Promise<{ status?: number }> {
  const levels: readonly string[] = Object.values(BroadcastValidation);
  if (!levels.includes(validation)) throw new ApiError(400, `Invalid broadcast validation: ${validation}`);
  await checkGossip(node.chain, block);
  const { root, slot } = summarise(node.chain.config, block);
  node.chain.events.emit('block_gossip', { slot, block: root });
  const result = await node.publishBlock(block);
  if (result.kind === 'orphan') return { status: 202 };
  if (result.kind !== 'refused') return {};
  const isFull = validation !== BroadcastValidation.gossip && validation !== BroadcastValidation.none;
  if (isFull) throw new ApiError(400, `Invalid block: ${result.reason}`);
  return { status: 202 };
}
