import type { routes } from '@lodestar/api';
import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { EPOCHS_PER_SYNC_COMMITTEE_PERIOD, SLOTS_PER_EPOCH } from '@lodestar/params';
import { dependentRoot } from '../chain/head-events.ts';
import type { ChainState } from '../types.ts';
import type { ApiNode } from './api-node.ts';
import type { EpochStates } from './epoch-states.ts';

type DutyMethods = Pick<
  BeaconApiMethods['validator'],
  'getAttesterDuties' | 'getProposerDuties' | 'getProposerDutiesV2' | 'getSyncCommitteeDuties'
>;

/** Who has to do what in an epoch. */
export function dutyMethods({ chain }: ApiNode, states: EpochStates): DutyMethods {
  const meta = (rootEpoch: number) => ({
    dependentRoot: dependentRoot(chain, rootEpoch),
    executionOptimistic: chain.unconfirmed.has(chain.head.root),
  });
  return {
    getAttesterDuties: async ({ epoch, indices }) => {
      const state = await states.knowing(epoch);
      refuseUnknown(state, indices);
      return { data: attesterDuties(state, epoch, indices), meta: meta(epoch - 1) };
    },
    getProposerDuties: async ({ epoch }) => ({
      data: proposerDuties(await proposerState(states, epoch), epoch),
      meta: meta(epoch),
    }),
    getProposerDutiesV2: async ({ epoch }) => ({
      data: proposerDuties(await proposerState(states, epoch), epoch),
      meta: meta(epoch - 1),
    }),
    getSyncCommitteeDuties: async ({ epoch, indices }) => {
      const state = await syncCommitteeState(states, epoch);
      refuseUnknown(state, indices);
      const { executionOptimistic } = meta(epoch);
      return { data: syncDuties(state, epoch, indices), meta: { executionOptimistic } };
    },
  };
}

function attesterDuties(
  state: ChainState,
  epoch: number,
  indices: readonly number[],
): routes.validator.AttesterDuty[] {
  const assignments = state.epochCtx.getCommitteeAssignments(epoch, [...new Set(indices)]);
  return [...assignments.values()].map((duty) => ({ ...duty, pubkey: pubkeyOf(state, duty.validatorIndex) }));
}

/** A state knows the proposers of its own epoch and of the next. */
function proposerState(states: EpochStates, epoch: number): Promise<ChainState> {
  return epoch < states.currentEpoch ? states.past(epoch) : states.knowing(epoch);
}

function proposerDuties(state: ChainState, epoch: number): routes.validator.ProposerDuty[] {
  const { epochCtx } = state;
  const slots = Array.from({ length: SLOTS_PER_EPOCH }, (_, i) => epoch * SLOTS_PER_EPOCH + i);
  return slots.map((slot) => {
    const validatorIndex = epochCtx.getBeaconProposer(slot);
    return { slot, validatorIndex, pubkey: pubkeyOf(state, validatorIndex) };
  });
}

/** The current and the next period are known to the current state; an older one to the state of its time. */
async function syncCommitteeState(states: EpochStates, epoch: number): Promise<ChainState> {
  const period = periodOf(epoch);
  if (period > periodOf(states.currentEpoch) + 1) {
    throw new ApiError(400, `The sync committee of epoch ${epoch} is not decided yet`);
  }
  const state = await states.current();
  return period < periodOf(state.epochCtx.epoch) ? states.knowing(epoch) : state;
}

function syncDuties(
  state: ChainState,
  epoch: number,
  indices: readonly number[],
): routes.validator.SyncDuty[] {
  const { currentSyncCommitteeIndexed, nextSyncCommitteeIndexed } = state.epochCtx;
  const isNext = periodOf(epoch) > periodOf(state.epochCtx.epoch);
  const { validatorIndexMap } = isNext ? nextSyncCommitteeIndexed : currentSyncCommitteeIndexed;
  return [...new Set(indices)].flatMap((validatorIndex) => {
    const seats = validatorIndexMap.get(validatorIndex);
    if (seats === undefined) return [];
    return [
      {
        pubkey: pubkeyOf(state, validatorIndex),
        validatorIndex,
        validatorSyncCommitteeIndices: [...seats],
      },
    ];
  });
}

function refuseUnknown(state: ChainState, indices: readonly number[]): void {
  const unknown = indices.find((index) => index >= state.validators.length);
  if (unknown !== undefined) throw new ApiError(400, `Invalid validator index: ${unknown}`);
}

function periodOf(epoch: number): number {
  return Math.floor(epoch / EPOCHS_PER_SYNC_COMMITTEE_PERIOD);
}

function pubkeyOf(state: ChainState, index: number): Uint8Array {
  return state.validators.getReadonly(index).pubkey;
}
