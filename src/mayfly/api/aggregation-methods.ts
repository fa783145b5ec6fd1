import { BitArray } from '@chainsafe/ssz';
import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { MAX_COMMITTEES_PER_SLOT, SLOTS_PER_EPOCH, SYNC_COMMITTEE_SUBNET_COUNT } from '@lodestar/params';
import type { electra } from '@lodestar/types';
import { fromHex, toRootHex } from '@lodestar/utils';
import { attestationData } from '../production/attestation-data.ts';
import { toAttestation } from '../production/attestation-packing.ts';
import type { ApiNode } from './api-node.ts';
import { checkAggregate } from './checks/aggregate-check.ts';
import { checkContribution } from './checks/sync-check.ts';
import type { EpochStates } from './epoch-states.ts';
import { takeEach } from './indexed-error.ts';
import { refuseOptimistic } from './not-while-syncing.ts';

type AggregationMethods = Pick<
  BeaconApiMethods['validator'],
  | 'produceAttestationData'
  | 'getAggregatedAttestationV2'
  | 'publishAggregateAndProofsV2'
  | 'produceSyncCommitteeContribution'
  | 'publishContributionAndProofs'
>;

/** What a validator attests to, and what aggregators fetch and send. */
export function aggregationMethods(node: ApiNode, states: EpochStates): AggregationMethods {
  const { chain, pools } = node;
  return {
    ...contributionMethods(node, states),
    produceAttestationData: async ({ slot, committeeIndex }) => {
      refuseSlot(slot, chain.currentSlot());
      if (committeeIndex !== undefined && committeeIndex >= MAX_COMMITTEES_PER_SLOT) {
        throw new ApiError(400, `Invalid committee index: ${committeeIndex}`);
      }
      const state = await stateFor(states, slot);
      const data = attestationData(chain, state, slot);
      refuseOptimistic(node, toRootHex(data.beaconBlockRoot));
      return { data };
    },
    getAggregatedAttestationV2: async ({ attestationDataRoot, slot, committeeIndex }) => {
      const root = toRootHex(attestationDataRoot);
      const group = pools.attestations
        .groups()
        .find(({ data, dataRoot }) => dataRoot === root && data.slot === slot);
      const vote = group?.committees.get(committeeIndex);
      if (group === undefined || vote === undefined) {
        throw new ApiError(
          404,
          `No attestation for data ${root} by committee ${committeeIndex} of slot ${slot}`,
        );
      }
      refuseOptimistic(node, toRootHex(group.data.beaconBlockRoot));
      const data = toAttestation({ ...group, committees: new Map([[committeeIndex, vote]]) });
      return { data, meta: { version: chain.config.getForkName(slot) } };
    },
    publishAggregateAndProofsV2: async ({ signedAggregateAndProofs }) => {
      const state = await states.current();
      await takeEach('aggregates', signedAggregateAndProofs, (aggregate) => {
        const signed = aggregate as electra.SignedAggregateAndProof;
        pools.attestations.add(checkAggregate(chain, state, signed));
        chain.events.emit('attestation', signed.message.aggregate);
      });
    },
  };
}

function contributionMethods({ chain, pools, ...node }: ApiNode, states: EpochStates) {
  return {
    produceSyncCommitteeContribution: async (asked: {
      slot: number;
      subcommitteeIndex: number;
      beaconBlockRoot: Uint8Array;
    }) => {
      const { slot, subcommitteeIndex, beaconBlockRoot } = asked;
      if (subcommitteeIndex >= SYNC_COMMITTEE_SUBNET_COUNT) {
        throw new ApiError(400, `Invalid subcommittee index: ${subcommitteeIndex}`);
      }
      const root = toRootHex(beaconBlockRoot);
      refuseOptimistic({ chain, pools, ...node }, root);
      const vote = pools.syncCommittee.get(slot, root, subcommitteeIndex);
      if (vote === undefined) {
        throw new ApiError(
          404,
          `No contribution for ${root} by subcommittee ${subcommitteeIndex} in slot ${slot}`,
        );
      }
      const { signature, blockRoot, bits } = vote;
      const aggregationBits = BitArray.fromBoolArray([...bits]);
      return {
        data: { slot, beaconBlockRoot: fromHex(blockRoot), subcommitteeIndex, aggregationBits, signature },
      };
    },
    publishContributionAndProofs: async ({
      contributionAndProofs,
    }: Parameters<AggregationMethods['publishContributionAndProofs']>[0]) => {
      const state = await states.current();
      await takeEach('contributions', contributionAndProofs, (signed) => {
        pools.syncCommittee.add(checkContribution(chain, state, signed));
        chain.events.emit('contribution_and_proof', signed);
      });
    },
  };
}

async function stateFor(states: EpochStates, slot: number) {
  const epoch = Math.floor(slot / SLOTS_PER_EPOCH);
  return epoch === states.currentEpoch ? states.current() : states.past(epoch);
}

/** A vote can be included for up to two epochs; nobody may vote ahead of time. */
function refuseSlot(slot: number, current: number): void {
  if (slot > current) throw new ApiError(400, `Slot ${slot} has not come yet: the current one is ${current}`);
  if (Math.floor(slot / SLOTS_PER_EPOCH) < Math.floor(current / SLOTS_PER_EPOCH) - 1) {
    throw new ApiError(400, `Slot ${slot} is too old to attest to`);
  }
}
