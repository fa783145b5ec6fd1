import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { beaconBlockToBlinded } from '@lodestar/state-transition';
import { ProducedBlockSource } from '@lodestar/types';
import type { BuiltBlock } from '../production/block-builder.ts';
import { randaoSigningRoot } from '../production/signing.ts';
import type { ApiNode } from './api-node.ts';
import { isSigned, pubkeyOf } from './checks/signatures.ts';
import { refuseOptimistic } from './not-while-syncing.ts';
import type { ProducedPayloads } from './produced-payloads.ts';

type ProductionMethods = Pick<BeaconApiMethods['validator'], 'produceBlockV3'>;
type Asked = Parameters<ProductionMethods['produceBlockV3']>[0];

const gweiInWei = 1_000_000_000n;

/** Unsigned blocks for proposers of validator clients. */
export function productionMethods(node: ApiNode, payloads: ProducedPayloads): ProductionMethods {
  return {
    produceBlockV3: async (asked) => {
      await checkRequest(node, asked);
      const built = await build(node, asked);
      payloads.remember(built.block.body.executionPayload);
      const meta = {
        version: node.chain.config.getForkName(asked.slot),
        executionPayloadValue: built.executionValueWei,
        consensusBlockValue: built.consensusValueGwei * gweiInWei,
        executionPayloadSource: ProducedBlockSource.engine,
      };
      if (asked.blindedLocal === true) {
        const data = beaconBlockToBlinded(node.chain.config, built.block);
        return { data, meta: { ...meta, executionPayloadBlinded: true } };
      }
      const data = { block: built.block, kzgProofs: [], blobs: [] };
      return { data, meta: { ...meta, executionPayloadBlinded: false } };
    },
  };
}

async function checkRequest(node: ApiNode, asked: Asked): Promise<void> {
  const { chain } = node;
  const { slot, randaoReveal } = asked;
  if (slot > chain.currentSlot()) throw new ApiError(400, `Slot ${slot} has not come yet`);
  if (slot <= chain.head.slot) throw new ApiError(400, `The head is at slot ${chain.head.slot} already`);
  refuseOptimistic(node, chain.head.root);
  const state = await chain.stateAhead(chain.head.root, slot);
  if (state === undefined) throw new ApiError(500, `State not found: ${chain.head.root}`);
  const proposer = state.epochCtx.getBeaconProposer(slot);
  if (state.validators.getReadonly(proposer).slashed) {
    throw new ApiError(400, `Validator ${proposer}, who proposes in slot ${slot}, is slashed`);
  }
  if (asked.skipRandaoVerification === true) {
    if (isInfinity(randaoReveal)) return;
    throw new ApiError(400, 'The randao reveal that is not to be verified is not the point at infinity');
  }
  if (!isSigned([pubkeyOf(state, proposer)], randaoSigningRoot(chain.config, slot), randaoReveal)) {
    throw new ApiError(
      400,
      `The randao reveal is not of validator ${proposer}, who proposes in slot ${slot}`,
    );
  }
}

async function build(
  { builder, execution }: ApiNode,
  { slot, randaoReveal, graffiti }: Asked,
): Promise<BuiltBlock> {
  const built = await builder.build({ slot, randaoReveal, graffiti: toGraffiti(graffiti ?? 'Mayfly') });
  if (built !== undefined) return built;
  const reason = execution.offline ? 'does not answer' : 'has no payload for it';
  throw new ApiError(500, `No block for slot ${slot}: the execution client ${reason}`);
}

function isInfinity(signature: Uint8Array): boolean {
  return signature.length === 96 && signature.every((byte, i) => byte === (i === 0 ? 0xc0 : 0));
}

/** 32 bytes, the text first and zeros after it. */
function toGraffiti(text: string): Uint8Array {
  const bytes = new Uint8Array(32);
  bytes.set(new TextEncoder().encode(text).subarray(0, 32));
  return bytes;
}
