import { fromHex } from '@lodestar/utils';
import type { PayloadAttributes } from '../../chain/engine.ts';
import type { Chain } from '../chain/chain.ts';
import { decodeWithdrawal } from '../execution/payload-codec.ts';
import type { ChainState } from '../types.ts';

/** Tells the event stream what the next payload is built on. `state` is the parent's, advanced to the proposal's slot. */
export function announceAttributes(chain: Chain, state: ChainState, attributes: PayloadAttributes): void {
  const { slot, latestExecutionPayloadHeader: parent } = state;
  chain.events.emit('payload_attributes', {
    version: chain.config.getForkName(slot),
    data: {
      proposerIndex: state.epochCtx.getBeaconProposer(slot),
      proposalSlot: slot,
      parentBlockNumber: parent.blockNumber,
      parentBlockRoot: fromHex(attributes.parentBeaconBlockRoot),
      parentBlockHash: parent.blockHash,
      payloadAttributes: {
        timestamp: Number(attributes.timestamp),
        prevRandao: fromHex(attributes.prevRandao),
        suggestedFeeRecipient: attributes.suggestedFeeRecipient,
        withdrawals: attributes.withdrawals.map(decodeWithdrawal),
        parentBeaconBlockRoot: fromHex(attributes.parentBeaconBlockRoot),
      },
    },
  });
}
