import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import type { electra } from '@lodestar/types';
import { messageOf } from '../../base/errors.ts';
import { toAttestation } from '../production/attestation-packing.ts';
import type { ChainState } from '../types.ts';
import type { ApiNode } from './api-node.ts';
import { type CheckedVote, checkSingleAttestation } from './checks/attestation-check.ts';
import { areSigned } from './checks/signatures.ts';
import { checkSyncMessage } from './checks/sync-check.ts';
import type { EpochStates } from './epoch-states.ts';
import { type Failure, IndexedError, takeEach } from './indexed-error.ts';

type VoteMethods = Pick<
  BeaconApiMethods['beacon'],
  'getPoolAttestationsV2' | 'submitPoolAttestationsV2' | 'submitPoolSyncCommitteeSignatures'
>;

/** The votes that validators send one by one: attestations and sync committee messages. */
export function voteMethods(node: ApiNode, states: EpochStates): VoteMethods {
  const { chain, pools } = node;
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
      takeAttestations(node, state, signedAttestations as electra.SingleAttestation[]);
    },
    submitPoolSyncCommitteeSignatures: async ({ signatures }) => {
      const state = await states.current();
      await takeEach('sync committee messages', signatures, (message) => {
        for (const vote of checkSyncMessage(chain, state, message)) pools.syncCommittee.add(vote);
      });
    },
  };
}

/** Signatures are checked for all at once: a large validator client sends hundreds. */
function takeAttestations(
  { chain, pools }: ApiNode,
  state: ChainState,
  attestations: readonly electra.SingleAttestation[],
): void {
  const checked: (CheckedVote & { readonly index: number })[] = [];
  const failures: Failure[] = [];
  for (const [index, attestation] of attestations.entries()) {
    try {
      checked.push({ index, ...checkSingleAttestation(chain, state, attestation) });
    } catch (cause) {
      failures.push({ index, message: messageOf(cause) });
    }
  }
  const verdicts = areSigned(checked.map(({ signed }) => signed));
  for (const [i, { index, vote }] of checked.entries()) {
    const attestation = attestations[index];
    if (verdicts[i] !== true || attestation === undefined) {
      failures.push({ index, message: 'the signature is wrong' });
      continue;
    }
    pools.attestations.add(vote);
    chain.events.emit('single_attestation', attestation);
  }
  if (failures.length > 0) {
    failures.sort((a, b) => a.index - b.index);
    throw new IndexedError('attestations', failures, attestations.length);
  }
}
