import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import {
  EPOCHS_PER_HISTORICAL_VECTOR,
  EPOCHS_PER_SYNC_COMMITTEE_PERIOD,
  SLOTS_PER_EPOCH,
} from '@lodestar/params';
import { getRandaoMix } from '@lodestar/state-transition';
import { subcommitteeSize } from '../pools/sync-committee-pool.ts';
import type { ChainState } from '../types.ts';
import type { ApiNode } from './api-node.ts';
import { findState } from './state-id.ts';

type CommitteeMethods = Pick<
  BeaconApiMethods['beacon'],
  'getEpochCommittees' | 'getEpochSyncCommittees' | 'getStateRandao'
>;

interface CommitteeFilter {
  readonly epoch?: number | undefined;
  readonly index?: number | undefined;
  readonly slot?: number | undefined;
}

/** Committees and the randomness that they come from. */
export function committeeMethods({ chain }: ApiNode): CommitteeMethods {
  return {
    getEpochCommittees: async ({ stateId, ...filter }) => {
      const { state, ...meta } = await findState(chain, stateId);
      return { data: committees(state, filter), meta };
    },
    getEpochSyncCommittees: async ({ stateId, epoch }) => {
      const { state, ...meta } = await findState(chain, stateId);
      const validators = [...syncCommittee(state, epoch ?? state.epochCtx.epoch)];
      const count = validators.length / subcommitteeSize;
      const validatorAggregates = Array.from({ length: count }, (_, i) =>
        validators.slice(i * subcommitteeSize, (i + 1) * subcommitteeSize),
      );
      return { data: { validators, validatorAggregates }, meta };
    },
    getStateRandao: async ({ stateId, epoch: asked }) => {
      const { state, ...meta } = await findState(chain, stateId);
      const epoch = asked ?? state.epochCtx.epoch;
      if (epoch > state.epochCtx.epoch || epoch + EPOCHS_PER_HISTORICAL_VECTOR <= state.epochCtx.epoch) {
        throw new ApiError(400, 'Epoch is out of range for the `randao_mixes` of the state');
      }
      return { data: { randao: getRandaoMix(state, epoch) }, meta };
    },
  };
}

function committees(state: ChainState, { epoch: asked, index, slot }: CommitteeFilter) {
  const epoch = asked ?? state.epochCtx.epoch;
  const shuffling = state.epochCtx.getShufflingAtEpochOrNull(epoch);
  if (shuffling === null) throw new ApiError(400, `No committees for epoch ${epoch} in this state`);
  const first = epoch * SLOTS_PER_EPOCH;
  if (slot !== undefined && Math.floor(slot / SLOTS_PER_EPOCH) !== epoch) {
    throw new ApiError(400, 'Slot does not belong in epoch');
  }
  if (index !== undefined && index >= shuffling.committeesPerSlot) {
    throw new ApiError(400, `Committee index ${index} is out of range`);
  }
  return shuffling.committees
    .flatMap((ofSlot, i) =>
      ofSlot.map((validators, at) => ({ index: at, slot: first + i, validators: [...validators] })),
    )
    .filter((committee) => slot === undefined || committee.slot === slot)
    .filter((committee) => index === undefined || committee.index === index);
}

/** A state knows the committees of its period and of the next. */
function syncCommittee(state: ChainState, epoch: number): Uint32Array {
  const period = Math.floor(epoch / EPOCHS_PER_SYNC_COMMITTEE_PERIOD);
  const current = Math.floor(state.epochCtx.epoch / EPOCHS_PER_SYNC_COMMITTEE_PERIOD);
  const { currentSyncCommitteeIndexed, nextSyncCommitteeIndexed } = state.epochCtx;
  if (period === current) return currentSyncCommitteeIndexed.validatorIndices;
  if (period === current + 1) return nextSyncCommitteeIndexed.validatorIndices;
  throw new ApiError(400, 'Epoch is outside the sync committee period of the state');
}
