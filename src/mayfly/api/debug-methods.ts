import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { isForkPostFulu } from '@lodestar/params';
import type { ApiNode } from './api-node.ts';
import { blockWithoutBlobs } from './blob-methods.ts';
import { metaOf } from './block-methods.ts';
import type { PartOf } from './complete-methods.ts';
import { forkChoiceMethods } from './fork-choice-methods.ts';
import { findState } from './state-id.ts';

/** The debug namespace: whole states, for whoever syncs from a checkpoint. */
export function debugMethods(node: ApiNode): PartOf<BeaconApiMethods['debug']> {
  const { chain } = node;
  return {
    ...forkChoiceMethods(node),
    getDebugDataColumnSidecars: async ({ blockId }) => {
      const summary = await blockWithoutBlobs(chain, blockId);
      const version = chain.config.getForkName(summary.slot);
      if (!isForkPostFulu(version)) throw new ApiError(400, `Blocks of ${version} have no data columns`);
      return { data: [], meta: { ...metaOf(chain, summary), version } };
    },
    getStateV2: async ({ stateId }, context) => {
      const { state, ...meta } = await findState(chain, stateId);
      const data = context?.returnBytes === true ? state.serialize() : state.toValue();
      return { data, meta: { ...meta, version: chain.config.getForkName(state.slot) } };
    },
  };
}
