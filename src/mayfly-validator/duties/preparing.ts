import { isAggregator, selectionProofOf } from './attesting.ts';
import type { DutyParts } from './duty-parts.ts';

/** Tells the node, once an epoch, who gets the fees of our blocks. */
export async function prepareProposers({ node, roster, settings }: DutyParts): Promise<void> {
  const recipients = [...roster.entries()].map(
    ([index, key]) => [index, settings.feeRecipientOf(key)] as const,
  );
  if (recipients.length > 0) await node.prepareProposers(new Map(recipients));
}

/** Tells the node which committees our validators of an epoch are in, so that it listens to their votes. */
export async function subscribeCommittees(parts: DutyParts, epoch: number): Promise<void> {
  const duties = await parts.book.attestersOf(epoch);
  const subscriptions = duties.flatMap((duty) => {
    const proof = selectionProofOf(parts, duty);
    if (proof === undefined) return [];
    return [
      {
        validator_index: `${duty.validator_index}`,
        committee_index: `${duty.committee_index}`,
        committees_at_slot: `${duty.committees_at_slot}`,
        slot: `${duty.slot}`,
        is_aggregator: isAggregator(duty.committee_length, proof),
      },
    ];
  });
  if (subscriptions.length > 0) await parts.node.subscribe('beacon_committee', subscriptions);
}

export async function subscribeSyncCommittee({ node, book }: DutyParts, epoch: number): Promise<void> {
  const duties = await book.syncOf(epoch);
  const subscriptions = duties.map((duty) => ({
    validator_index: `${duty.validator_index}`,
    sync_committee_indices: duty.validator_sync_committee_indices.map(String),
    until_epoch: `${epoch + 1}`,
  }));
  if (subscriptions.length > 0) await node.subscribe('sync_committee', subscriptions);
}
