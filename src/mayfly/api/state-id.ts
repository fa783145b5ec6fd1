import { ApiError } from '@lodestar/api/server';
import { computeStartSlotAtEpoch } from '@lodestar/state-transition';
import type { Chain } from '../chain/chain.ts';
import type { ChainState } from '../types.ts';
import { isUint64 } from './uint64.ts';

export interface FoundState {
  readonly state: ChainState;
  readonly executionOptimistic: boolean;
  readonly finalized: boolean;
}

/** The state that an id of the Beacon API names. @throws ApiError 400 for what is no id, 404 for an unknown state */
export async function findState(chain: Chain, stateId: string | number): Promise<FoundState> {
  const slot = slotOf(chain, String(stateId));
  if (slot === undefined || slot > Math.max(chain.currentSlot(), chain.head.slot)) {
    throw new ApiError(404, `State not found: ${stateId}`);
  }
  const state = await chain.stateAt(slot);
  if (state === undefined) throw new ApiError(404, `State not found: ${stateId}`);
  const { root } = chain.tree.canonicalUpTo(slot);
  return {
    state,
    executionOptimistic: chain.unconfirmed.has(root),
    finalized: slot <= computeStartSlotAtEpoch(chain.finalized.epoch),
  };
}

function slotOf(chain: Chain, id: string): number | undefined {
  if (id === 'head') return chain.head.slot;
  if (id === 'genesis') return 0;
  if (id === 'finalized') return computeStartSlotAtEpoch(chain.finalized.epoch);
  if (id === 'justified') return computeStartSlotAtEpoch(chain.justified.epoch);
  if (isUint64(id)) return Number(id);
  if (!/^0x[0-9a-fA-F]{64}$/.test(id)) throw new ApiError(400, `Invalid state id: ${id}`);
  return chain.tree.byStateRoot(id.toLowerCase())?.slot;
}
