import { aggregateSerializedSignatures } from '@chainsafe/blst';
import { BitArray } from '@chainsafe/ssz';
import {
  MAX_ATTESTATIONS_ELECTRA,
  MAX_COMMITTEES_PER_SLOT,
  MIN_ATTESTATION_INCLUSION_DELAY,
} from '@lodestar/params';
import { getBlockRoot } from '@lodestar/state-transition';
import { type electra, type phase0, ssz } from '@lodestar/types';
import { byteArrayEquals } from '@lodestar/utils';
import type { VoteGroup } from '../pools/attestation-pool.ts';
import type { ChainState } from '../types.ts';

/**
 * The attestations for a block on this pre-state: valid in it, and those first that bring most validators who
 * have not been counted yet. One attestation carries all committees of a slot that voted alike (EIP-7549).
 */
export function packAttestations(state: ChainState, groups: readonly VoteGroup[]): electra.Attestation[] {
  return groups
    .filter((group) => isIncludable(state, group.data))
    .map((group) => ({ group, fresh: freshVotes(state, group) }))
    .filter(({ fresh }) => fresh > 0)
    .sort((a, b) => b.fresh - a.fresh)
    .slice(0, MAX_ATTESTATIONS_ELECTRA)
    .map(({ group }) => toAttestation(group));
}

/** All committees of the group as one attestation. */
export function toAttestation({ data, committees }: VoteGroup): electra.Attestation {
  const votes = [...committees.values()].sort((a, b) => a.committeeIndex - b.committeeIndex);
  const named = new Array<boolean>(MAX_COMMITTEES_PER_SLOT).fill(false);
  for (const vote of votes) named[vote.committeeIndex] = true;
  return {
    data,
    aggregationBits: BitArray.fromBoolArray(votes.flatMap((vote) => [...vote.bits])),
    committeeBits: BitArray.fromBoolArray(named),
    signature: aggregateSerializedSignatures(votes.map((vote) => vote.signature)).toBytes(),
  };
}

/** Source: consensus-specs electra, process_attestation; the target must be ours too, or nobody is rewarded. */
function isIncludable(state: ChainState, data: phase0.AttestationData): boolean {
  const { epoch } = state.epochCtx;
  if (data.slot + MIN_ATTESTATION_INCLUSION_DELAY > state.slot) return false;
  if (data.target.epoch !== epoch && data.target.epoch !== epoch - 1) return false;
  const source =
    data.target.epoch === epoch ? state.currentJustifiedCheckpoint : state.previousJustifiedCheckpoint;
  if (!ssz.phase0.Checkpoint.equals(data.source, source.toValue())) return false;
  return byteArrayEquals(data.target.root, getBlockRoot(state, data.target.epoch));
}

function freshVotes(state: ChainState, group: VoteGroup): number {
  const isCurrent = group.data.target.epoch === state.epochCtx.epoch;
  const participation = isCurrent ? state.currentEpochParticipation : state.previousEpochParticipation;
  let fresh = 0;
  for (const vote of group.committees.values()) {
    const committee = state.epochCtx.getBeaconCommittee(group.data.slot, vote.committeeIndex);
    for (const [position, index] of committee.entries()) {
      if (vote.bits[position] === true && participation.get(index) === 0) fresh++;
    }
  }
  return fresh;
}
