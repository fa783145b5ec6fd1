import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import type { ApiNode } from './api-node.ts';
import { findState } from './state-id.ts';

type StateMethods = Pick<
  BeaconApiMethods['beacon'],
  'getStateRoot' | 'getStateFork' | 'getStateFinalityCheckpoints'
>;

/** What is asked of a state as a whole. */
export function stateMethods({ chain }: ApiNode): StateMethods {
  return {
    getStateRoot: async ({ stateId }) => {
      const { state, ...meta } = await findState(chain, stateId);
      return { data: { root: state.hashTreeRoot() }, meta };
    },
    getStateFork: async ({ stateId }) => {
      const { state, ...meta } = await findState(chain, stateId);
      return { data: state.fork.toValue(), meta };
    },
    getStateFinalityCheckpoints: async ({ stateId }) => {
      const { state, ...meta } = await findState(chain, stateId);
      return {
        data: {
          previousJustified: state.previousJustifiedCheckpoint.toValue(),
          currentJustified: state.currentJustifiedCheckpoint.toValue(),
          finalized: state.finalizedCheckpoint.toValue(),
        },
        meta,
      };
    },
  };
}
