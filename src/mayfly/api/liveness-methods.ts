import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { SLOTS_PER_EPOCH } from '@lodestar/params';
import type { Chain } from '../chain/chain.ts';
import type { AttestationPool } from '../pools/attestation-pool.ts';
import type { ChainState } from '../types.ts';
import type { ApiNode } from './api-node.ts';
import type { EpochStates } from './epoch-states.ts';

type LivenessMethods = Pick<BeaconApiMethods['validator'], 'getLiveness'>;

/** Whether validators were seen in the previous or the current epoch: attesting, on chain or in the pool, or proposing. */
export function livenessMethods({ chain, pools }: ApiNode, states: EpochStates): LivenessMethods {
  return {
    getLiveness: async ({ epoch, indices }) => {
      const { currentEpoch } = states;
      if (epoch > currentEpoch || epoch < currentEpoch - 1) {
        throw new ApiError(400, `Liveness is known of the previous and the current epoch, not of ${epoch}`);
      }
      const state = await states.current();
      const unknown = indices.find((index) => index >= state.validators.length);
      if (unknown !== undefined) throw new ApiError(400, `Invalid validator index: ${unknown}`);
      const seen = new Set([...voters(state, pools.attestations, epoch), ...proposers(chain, epoch)]);
      const isLive = (index: number) => seen.has(index) || participated(state, epoch, index);
      return { data: indices.map((index) => ({ index, isLive: isLive(index) })) };
    },
  };
}

function participated(state: ChainState, epoch: number, index: number): boolean {
  const isCurrent = epoch === state.epochCtx.epoch;
  const participation = isCurrent ? state.currentEpochParticipation : state.previousEpochParticipation;
  return participation.get(index) !== 0;
}

function voters(state: ChainState, pool: AttestationPool, epoch: number): number[] {
  const groups = pool.groups().filter(({ data }) => data.target.epoch === epoch);
  return groups.flatMap(({ data, committees }) =>
    [...committees.values()].flatMap(({ committeeIndex, bits }) =>
      [...state.epochCtx.getBeaconCommittee(data.slot, committeeIndex)].filter(
        (_, position) => bits[position],
      ),
    ),
  );
}

function proposers(chain: Chain, epoch: number): number[] {
  const slots = Array.from({ length: SLOTS_PER_EPOCH }, (_, i) => epoch * SLOTS_PER_EPOCH + i);
  return slots
    .filter((slot) => slot > 0)
    .flatMap((slot) => chain.tree.atSlot(slot).map((block) => block.proposerIndex));
}
