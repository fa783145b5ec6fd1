import type { routes } from '@lodestar/api';
import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { getValidatorStatus, mapToGeneralStatus } from '@lodestar/types';
import type { ChainState } from '../types.ts';
import type { ApiNode } from './api-node.ts';
import { findState } from './state-id.ts';
import { indexOf, selectIndices, type ValidatorId } from './validator-ids.ts';

type ValidatorMethods = Pick<
  BeaconApiMethods['beacon'],
  | 'getStateValidator'
  | 'getStateValidators'
  | 'postStateValidators'
  | 'getStateValidatorBalances'
  | 'postStateValidatorBalances'
  | 'postStateValidatorIdentities'
>;

interface Filter {
  readonly stateId: string | number;
  readonly validatorIds?: readonly ValidatorId[] | undefined;
  readonly statuses?: readonly string[] | undefined;
}

const statusNames = new Set([
  ...['pending', 'pending_initialized', 'pending_queued'],
  ...['active', 'active_ongoing', 'active_exiting', 'active_slashed'],
  ...['exited', 'exited_unslashed', 'exited_slashed'],
  ...['withdrawal', 'withdrawal_possible', 'withdrawal_done'],
]);

/** The validators of a state, their balances and identities. */
export function validatorMethods({ chain }: ApiNode): ValidatorMethods {
  const list = async ({ stateId, validatorIds, statuses }: Filter) => {
    const { state, ...meta } = await findState(chain, stateId);
    const wanted = statusFilter(statuses);
    const all = selectIndices(state, validatorIds).map((index) => describe(state, index));
    return { data: all.filter(wanted), meta };
  };
  const balances = async ({ stateId, validatorIds }: Filter) => {
    const { state, ...meta } = await findState(chain, stateId);
    const data = selectIndices(state, validatorIds).map((index) => ({
      index,
      balance: state.balances.get(index),
    }));
    return { data, meta };
  };
  return {
    getStateValidator: async ({ stateId, validatorId }) => {
      const { state, ...meta } = await findState(chain, stateId);
      const index = indexOf(state, validatorId);
      if (index === undefined) throw new ApiError(404, `Validator not found: ${validatorId}`);
      return { data: describe(state, index), meta };
    },
    getStateValidators: list,
    postStateValidators: list,
    getStateValidatorBalances: balances,
    postStateValidatorBalances: balances,
    postStateValidatorIdentities: async ({ stateId, validatorIds }) => {
      const { state, ...meta } = await findState(chain, stateId);
      const data = selectIndices(state, validatorIds).map((index) => {
        const { pubkey, activationEpoch } = state.validators.getReadonly(index);
        return { index, pubkey, activationEpoch };
      });
      return { data, meta };
    },
  };
}

function describe(state: ChainState, index: number): routes.beacon.ValidatorResponse {
  const validator = state.validators.getReadonly(index);
  const status = getValidatorStatus(validator, state.epochCtx.epoch);
  return { index, balance: state.balances.get(index), status, validator };
}

function statusFilter(statuses: readonly string[] = []): (found: routes.beacon.ValidatorResponse) => boolean {
  const unknown = statuses.find((status) => !statusNames.has(status));
  if (unknown !== undefined) throw new ApiError(400, `Invalid validator status: ${unknown}`);
  if (statuses.length === 0) return () => true;
  const wanted = new Set(statuses);
  return ({ status }) => wanted.has(status) || wanted.has(mapToGeneralStatus(status));
}
