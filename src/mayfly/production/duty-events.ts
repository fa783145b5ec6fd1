import { BitArray } from '@chainsafe/ssz';
import { isSyncCommitteeAggregator } from '@lodestar/state-transition';
import { fromHex } from '@lodestar/utils';
import type { Chain } from '../chain/chain.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { CommitteeVote } from '../pools/attestation-pool.ts';
import type { SubcommitteeVote } from '../pools/sync-committee-pool.ts';
import { toAttestation } from './attestation-packing.ts';
import { contributionSigningRoot, syncSelectionRoot } from './signing.ts';

interface Teller {
  readonly chain: Chain;
  readonly keys: KeyRing;
}

/**
 * Tells what a node would have heard of this vote of ours: the single votes, then their aggregate. They went into
 * the pool as one signature, so single ones are made for listeners only: one each is slow with many validators.
 */
export function announceVote(
  { chain, keys }: Teller,
  vote: CommitteeVote,
  { signers, signingRoot }: { signers: readonly number[]; signingRoot: Uint8Array },
): void {
  const { data, committeeIndex } = vote;
  if (chain.events.isHeard('single_attestation')) {
    for (const attesterIndex of signers) {
      const signature = keys.sign([attesterIndex], signingRoot);
      chain.events.emit('single_attestation', { committeeIndex, attesterIndex, data, signature });
    }
  }
  if (!chain.events.isHeard('attestation')) return;
  const group = { data, dataRoot: '', committees: new Map([[committeeIndex, vote]]) };
  chain.events.emit('attestation', toAttestation(group));
}

/**
 * Tells the contribution of a subcommittee, by the first of ours whom its proof selects as aggregator: further
 * ones with the same bits are not spread. None when nobody is selected, as on a real network.
 * Source: consensus-specs altair validator.md, "Sync committee aggregation".
 */
export function announceContribution(
  { chain, keys }: Teller,
  vote: SubcommitteeVote,
  signers: readonly number[],
): void {
  if (!chain.events.isHeard('contribution_and_proof')) return;
  const { slot, subcommitteeIndex, signature } = vote;
  const selectionRoot = syncSelectionRoot(chain.config, { slot, subcommitteeIndex });
  for (const aggregatorIndex of new Set(signers)) {
    const selectionProof = keys.sign([aggregatorIndex], selectionRoot);
    if (!isSyncCommitteeAggregator(selectionProof)) continue;
    const aggregationBits = BitArray.fromBoolArray([...vote.bits]);
    const beaconBlockRoot = fromHex(vote.blockRoot);
    const contribution = { slot, subcommitteeIndex, beaconBlockRoot, aggregationBits, signature };
    const message = { aggregatorIndex, contribution, selectionProof };
    const proof = keys.sign([aggregatorIndex], contributionSigningRoot(chain.config, message));
    chain.events.emit('contribution_and_proof', { message, signature: proof });
    return;
  }
}
