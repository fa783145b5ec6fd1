import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { messageOf } from '../../base/errors.ts';
import type { ApiNode } from './api-node.ts';
import {
  checkAttesterSlashing,
  checkBlsChange,
  checkProposerSlashing,
  checkVoluntaryExit,
} from './checks/operation-check.ts';
import type { EpochStates } from './epoch-states.ts';
import { takeEach } from './indexed-error.ts';

type PoolMethods = Pick<
  BeaconApiMethods['beacon'],
  | 'getPoolVoluntaryExits'
  | 'submitPoolVoluntaryExit'
  | 'getPoolProposerSlashings'
  | 'submitPoolProposerSlashings'
  | 'getPoolAttesterSlashingsV2'
  | 'submitPoolAttesterSlashingsV2'
  | 'getPoolBLSToExecutionChanges'
  | 'submitPoolBLSToExecutionChange'
>;

/** Exits, slashings and credential changes that wait for a block. */
export function poolMethods({ chain, pools }: ApiNode, states: EpochStates): PoolMethods {
  const { operations } = pools;
  return {
    getPoolVoluntaryExits: async () => ({ data: operations.all().voluntaryExits }),
    getPoolProposerSlashings: async () => ({ data: operations.all().proposerSlashings }),
    getPoolAttesterSlashingsV2: async () => ({
      data: operations.all().attesterSlashings,
      meta: { version: chain.config.getForkName(chain.head.slot) },
    }),
    getPoolBLSToExecutionChanges: async () => ({ data: operations.all().blsToExecutionChanges }),
    submitPoolVoluntaryExit: async ({ signedVoluntaryExit: exit }) => {
      const state = await states.current();
      refuse400(() => checkVoluntaryExit(state, exit));
      operations.addVoluntaryExit(exit);
      chain.events.emit('voluntary_exit', exit);
      await operations.settled();
    },
    submitPoolProposerSlashings: async ({ proposerSlashing }) => {
      const state = await states.current();
      refuse400(() => checkProposerSlashing(state, proposerSlashing));
      operations.addProposerSlashing(proposerSlashing);
      chain.events.emit('proposer_slashing', proposerSlashing);
      await operations.settled();
    },
    submitPoolAttesterSlashingsV2: async ({ attesterSlashing }) => {
      const state = await states.current();
      refuse400(() => checkAttesterSlashing(state, attesterSlashing));
      operations.addAttesterSlashing(attesterSlashing);
      chain.events.emit('attester_slashing', attesterSlashing);
      await operations.settled();
    },
    submitPoolBLSToExecutionChange: async ({ blsToExecutionChanges: changes }) => {
      const state = await states.current();
      const taking = takeEach('changes', changes, (change) => {
        checkBlsChange(state, change);
        operations.addBlsChange(change);
        chain.events.emit('bls_to_execution_change', change);
      });
      await taking.finally(() => operations.settled());
    },
  };
}

function refuse400(check: () => void): void {
  try {
    check();
  } catch (cause) {
    throw new ApiError(400, messageOf(cause));
  }
}
