import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import type { electra } from '@lodestar/types';
import { toAttestation } from '../production/attestation-packing.ts';
import type { ApiNode } from './api-node.ts';
import { checkSingleAttestation } from './checks/attestation-check.ts';
import { checkSyncMessage, syncVotes } from './checks/sync-check.ts';
import type { EpochStates } from './epoch-states.ts';
import { takeSigned } from './take-signed.ts';

type VoteMethods = Pick<
  BeaconApiMethods['beacon'],
  'getPoolAttestationsV2' | 'submitPoolAttestationsV2' | 'submitPoolSyncCommitteeSignatures'
>;

/** The votes that validators send one by one: attestations and sync committee messages. */
export function voteMethods({ chain, pools }: ApiNode, states: EpochStates): VoteMethods {
  return {
    getPoolAttestationsV2: async ({ slot, committeeIndex }) => {
      const groups = pools.attestations
        .groups()
        .filter(({ data }) => slot === undefined || data.slot === slot);
      const data = groups.flatMap((group) =>
        [...group.committees]
          .filter(([index]) => committeeIndex === undefined || index === committeeIndex)
          .map((entry) => toAttestation({ ...group, committees: new Map([entry]) })),
      );
      return { data, meta: { version: chain.config.getForkName(slot ?? chain.head.slot) } };
    },
    submitPoolAttestationsV2: async ({ signedAttestations }) => {
      if (signedAttestations.some((attestation) => !('attesterIndex' in attestation))) {
        throw new ApiError(400, 'Since Electra, attestations are submitted as SingleAttestation');
      }
      const state = await states.current();
      takeSigned('attestations', signedAttestations as electra.SingleAttestation[], (attestation) => {
        const { vote, signed } = checkSingleAttestation(chain, state, attestation);
        const accept = () => {
          pools.attestations.add(vote);
          chain.events.emit('single_attestation', attestation);
        };
        return { signed, accept };
      });
    },
    submitPoolSyncCommitteeSignatures: async ({ signatures }) => {
      const state = await states.current();
      takeSigned('sync committee messages', signatures, (message) => {
        const signed = checkSyncMessage(chain, state, message);
        const accept = () => {
          for (const vote of syncVotes(state, message)) pools.syncCommittee.add(vote);
        };
        return { signed, accept };
      });
    },
  };
}
