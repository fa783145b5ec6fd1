import { computeStartSlotAtEpoch } from '@lodestar/state-transition';
import type { phase0 } from '@lodestar/types';
import { fromHex } from '@lodestar/utils';
import type { Chain } from '../chain/chain.ts';
import type { ChainState } from '../types.ts';

/**
 * What an honest validator attests to in this slot, with this head. `state` is the head's, advanced to the slot.
 * Source: consensus-specs phase0 validator.md, "Attestation data"; the index is 0 since Electra.
 */
export function attestationData(chain: Chain, state: ChainState, slot: number): phase0.AttestationData {
  const epoch = state.epochCtx.epoch;
  const boundary = chain.tree.canonicalUpTo(computeStartSlotAtEpoch(epoch));
  return {
    slot,
    index: 0,
    beaconBlockRoot: fromHex(chain.tree.canonicalUpTo(slot).root),
    source: state.currentJustifiedCheckpoint.toValue(),
    target: { epoch, root: fromHex(boundary.root) },
  };
}
