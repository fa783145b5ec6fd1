import type { BeaconConfig } from '@lodestar/config';
import { type ForkName, SLOTS_PER_EPOCH } from '@lodestar/params';
import {
  DataAvailabilityStatus,
  ExecutionPayloadStatus,
  processSlots,
  stateTransition,
} from '@lodestar/state-transition';
import { toRootHex } from '@lodestar/utils';
import { asChainState, type BlockSummary, type ChainState, type SignedBlock } from '../types.ts';

export type Strictness = 'everything' | 'state-root' | 'nothing';

/**
 * The state after this block. `everything` checks all signatures and the state root; `state-root` is for blocks
 * that were checked when they were stored; `nothing` for drafts, whose state root is what is looked for.
 * Whether the execution client accepts the payload is the caller's business. Throws what the transition throws.
 */
export function applyBlock(parent: ChainState, block: SignedBlock, strictness: Strictness): ChainState {
  const verify = strictness === 'everything';
  return asChainState(
    stateTransition(parent, block, {
      executionPayloadStatus: ExecutionPayloadStatus.valid,
      dataAvailabilityStatus: DataAvailabilityStatus.Available,
      verifyStateRoot: strictness !== 'nothing',
      verifyProposer: verify,
      verifySignatures: verify,
    }),
  );
}

/** The state at a later slot without a block; yields to other work at each epoch, as a long gap takes seconds. */
export async function advanceTo(state: ChainState, slot: number): Promise<ChainState> {
  let advanced = state;
  while (advanced.slot < slot) {
    const epochEnd = (Math.floor(advanced.slot / SLOTS_PER_EPOCH) + 1) * SLOTS_PER_EPOCH;
    advanced = asChainState(processSlots(advanced, Math.min(slot, epochEnd)));
    if (advanced.slot < slot) await new Promise((resolve) => setImmediate(resolve));
  }
  return advanced;
}

/** The SSZ types of blocks at this slot. */
export function blockTypes(config: BeaconConfig, slot: number) {
  return config.getForkTypes<ForkName.electra>(slot);
}

export function summarise(config: BeaconConfig, block: SignedBlock): BlockSummary {
  const { message } = block;
  return {
    root: toRootHex(blockTypes(config, message.slot).BeaconBlock.hashTreeRoot(message)),
    slot: message.slot,
    parentRoot: toRootHex(message.parentRoot),
    stateRoot: toRootHex(message.stateRoot),
    proposerIndex: message.proposerIndex,
    executionHash: toRootHex(message.body.executionPayload.blockHash),
  };
}
