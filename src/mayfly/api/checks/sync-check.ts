import { aggregateSerializedSignatures } from '@chainsafe/blst';
import { SYNC_COMMITTEE_SUBNET_COUNT } from '@lodestar/params';
import { isSyncCommitteeAggregator } from '@lodestar/state-transition';
import type { altair } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';
import type { Chain } from '../../chain/chain.ts';
import { type SubcommitteeVote, subcommitteeSize } from '../../pools/sync-committee-pool.ts';
import {
  contributionSigningRoot,
  syncCommitteeSigningRoot,
  syncSelectionRoot,
} from '../../production/signing.ts';
import type { ChainState } from '../../types.ts';
import { demand, isSigned, pubkeyOf, type Signed } from './signatures.ts';

/**
 * What a member signed, checked but for the signature.
 * Source: consensus-specs altair p2p-interface.md, `sync_committee_{subnet_id}`. @throws Refusal
 */
export function checkSyncMessage(
  chain: Chain,
  state: ChainState,
  { slot, validatorIndex, beaconBlockRoot, signature }: altair.SyncCommitteeMessage,
): Signed {
  checkMessageSlot(chain, slot);
  const seats = state.epochCtx.getIndexedSyncCommittee(slot).validatorIndexMap.get(validatorIndex);
  demand(seats !== undefined, `validator ${validatorIndex} is not in the sync committee`);
  const signingRoot = syncCommitteeSigningRoot(chain.config, slot, toRootHex(beaconBlockRoot));
  return { pubkey: pubkeyOf(state, validatorIndex), signingRoot, signature };
}

/**
 * The votes of one member, one for each subcommittee that it sits in. A member that sits in one several times has
 * its signature counted as often.
 */
export function syncVotes(state: ChainState, message: altair.SyncCommitteeMessage): SubcommitteeVote[] {
  const { slot, validatorIndex, beaconBlockRoot, signature } = message;
  const seats = state.epochCtx.getIndexedSyncCommittee(slot).validatorIndexMap.get(validatorIndex) ?? [];
  const subcommittees = [...new Set(seats.map((seat) => Math.floor(seat / subcommitteeSize)))];
  return subcommittees.map((subcommitteeIndex) => {
    const from = subcommitteeIndex * subcommitteeSize;
    const bits = Array.from({ length: subcommitteeSize }, (_, i) => seats.includes(from + i));
    const copies = bits.filter(Boolean).map(() => signature);
    return {
      slot,
      blockRoot: toRootHex(beaconBlockRoot),
      subcommitteeIndex,
      bits,
      signature: aggregateSerializedSignatures(copies).toBytes(),
    };
  });
}

/** The vote in a contribution, with its three signatures checked. Source: as above, `sync_committee_contribution_and_proof`. */
export function checkContribution(
  chain: Chain,
  state: ChainState,
  signed: altair.SignedContributionAndProof,
): SubcommitteeVote {
  const { contribution } = signed.message;
  const { slot, subcommitteeIndex, aggregationBits, signature } = contribution;
  checkMessageSlot(chain, slot);
  demand(subcommitteeIndex < SYNC_COMMITTEE_SUBNET_COUNT, `there is no subcommittee ${subcommitteeIndex}`);
  const members = subcommittee(state, slot, subcommitteeIndex);
  checkAggregator(chain, state, { signed, members });
  const blockRoot = toRootHex(contribution.beaconBlockRoot);
  const bits = aggregationBits.toBoolArray();
  const pubkeys = members.filter((_, i) => bits[i]).map((index) => pubkeyOf(state, index));
  const signingRoot = syncCommitteeSigningRoot(chain.config, slot, blockRoot);
  demand(isSigned(pubkeys, signingRoot, signature), 'the signature of the contribution is wrong');
  return { slot, blockRoot, subcommitteeIndex, bits, signature };
}

function checkAggregator(
  { config }: Chain,
  state: ChainState,
  { signed, members }: { signed: altair.SignedContributionAndProof; members: readonly number[] },
): void {
  const { aggregatorIndex, selectionProof, contribution } = signed.message;
  const { slot, subcommitteeIndex } = contribution;
  demand(members.includes(aggregatorIndex), `validator ${aggregatorIndex} is not in the subcommittee`);
  demand(
    isSyncCommitteeAggregator(selectionProof),
    `validator ${aggregatorIndex} is not selected as aggregator`,
  );
  const aggregator = pubkeyOf(state, aggregatorIndex);
  const selectionRoot = syncSelectionRoot(config, { slot, subcommitteeIndex });
  demand(isSigned([aggregator], selectionRoot, selectionProof), 'the selection proof is wrong');
  const signingRoot = contributionSigningRoot(config, signed.message);
  demand(isSigned([aggregator], signingRoot, signed.signature), "the aggregator's signature is wrong");
}

function subcommittee(state: ChainState, slot: number, index: number): number[] {
  const { validatorIndices } = state.epochCtx.getIndexedSyncCommittee(slot);
  return [...validatorIndices.slice(index * subcommitteeSize, (index + 1) * subcommitteeSize)];
}

/** A block of the next slot is what can carry it: an older message is for nothing. One slot late is forgiven. @throws Refusal */
export function checkMessageSlot(chain: Chain, slot: number): void {
  const current = chain.currentSlot();
  demand(slot <= current, `slot ${slot} has not come yet`);
  demand(slot >= current - 1, `slot ${slot} is past`);
}
