import { computeTimeAtSlot, getExpectedWithdrawals, getRandaoMix } from '@lodestar/state-transition';
import { toHex, toRootHex } from '@lodestar/utils';
import type { PayloadAttributes } from '../../chain/engine.ts';
import { encodeWithdrawal, quantity } from '../execution/payload-codec.ts';
import type { ChainState, RootHex } from '../types.ts';

/** What the execution client must know to build on this pre-state, which is advanced to the block's slot. */
export function payloadAttributes(
  state: ChainState,
  parentRoot: RootHex,
  feeRecipient: string,
): PayloadAttributes {
  const fork = state.config.getForkSeq(state.slot);
  return {
    timestamp: quantity(computeTimeAtSlot(state.config, state.slot, state.genesisTime)),
    prevRandao: toRootHex(getRandaoMix(state, state.epochCtx.epoch)),
    suggestedFeeRecipient: feeRecipient,
    withdrawals: getExpectedWithdrawals(fork, state).expectedWithdrawals.map(encodeWithdrawal),
    parentBeaconBlockRoot: parentRoot,
  };
}

/** 20 bytes of zero: fees of whoever named no recipient are burnt. */
export const noFeeRecipient = toHex(new Uint8Array(20));
