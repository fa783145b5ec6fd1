import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { isForkPostFulu } from '@lodestar/params';
import type { CachedBeaconStateFulu } from '@lodestar/state-transition';
import type { ApiNode } from './api-node.ts';
import { findState } from './state-id.ts';

type PendingMethods = Pick<
  BeaconApiMethods['beacon'],
  'getPendingDeposits' | 'getPendingPartialWithdrawals' | 'getPendingConsolidations' | 'getProposerLookahead'
>;

/** The queues of a state, and who proposes in the two epochs that Fulu looks ahead. */
export function pendingMethods({ chain }: ApiNode): PendingMethods {
  const find = async (stateId: string | number) => {
    const { state, ...meta } = await findState(chain, stateId);
    return { state, meta: { ...meta, version: chain.config.getForkName(state.slot) } };
  };
  return {
    getPendingDeposits: async ({ stateId }, context) => {
      const { state, meta } = await find(stateId);
      const { pendingDeposits } = state;
      return { data: context?.returnBytes ? pendingDeposits.serialize() : pendingDeposits.toValue(), meta };
    },
    getPendingPartialWithdrawals: async ({ stateId }, context) => {
      const { state, meta } = await find(stateId);
      const { pendingPartialWithdrawals: queue } = state;
      return { data: context?.returnBytes ? queue.serialize() : queue.toValue(), meta };
    },
    getPendingConsolidations: async ({ stateId }, context) => {
      const { state, meta } = await find(stateId);
      const { pendingConsolidations: queue } = state;
      return { data: context?.returnBytes ? queue.serialize() : queue.toValue(), meta };
    },
    getProposerLookahead: async ({ stateId }, context) => {
      const { state, meta } = await find(stateId);
      if (!isForkPostFulu(meta.version)) {
        throw new ApiError(400, `The state of slot ${state.slot} is of ${meta.version}, before Fulu`);
      }
      const { proposerLookahead } = state as unknown as CachedBeaconStateFulu;
      return {
        data: context?.returnBytes ? proposerLookahead.serialize() : proposerLookahead.toValue(),
        meta,
      };
    },
  };
}
