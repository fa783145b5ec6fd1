import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import type { ApiNode } from './api-node.ts';
import type { PartOf } from './complete-methods.ts';
import { findState } from './state-id.ts';

/** The debug namespace: whole states, for whoever syncs from a checkpoint. */
export function debugMethods({ chain }: ApiNode): PartOf<BeaconApiMethods['debug']> {
  return {
    getStateV2: async ({ stateId }, context) => {
      const { state, ...meta } = await findState(chain, stateId);
      const data = context?.returnBytes === true ? state.serialize() : state.toValue();
      return { data, meta: { ...meta, version: chain.config.getForkName(state.slot) } };
    },
  };
}
