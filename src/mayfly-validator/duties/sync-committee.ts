import {
  SYNC_COMMITTEE_SIZE,
  SYNC_COMMITTEE_SUBNET_COUNT,
  TARGET_AGGREGATORS_PER_SYNC_SUBCOMMITTEE,
} from '@lodestar/params';
import type { altair } from '@lodestar/types';
import { epochOf } from '../signing-roots.ts';
import { hashNumber } from './attesting.ts';
import type { SyncDuty } from './duty-book.ts';
import { bytesOf, type DutyParts } from './duty-parts.ts';

/** What our members of the sync committee signed in a slot, for those who contribute it. */
export interface SyncVoted {
  readonly slot: number;
  readonly blockRoot: string;
  readonly duties: readonly SyncDuty[];
}

const subcommitteeSize = SYNC_COMMITTEE_SIZE / SYNC_COMMITTEE_SUBNET_COUNT;

/** Signs the head with our members of the sync committee. Undefined when there are none. */
export async function signHead(parts: DutyParts, slot: number): Promise<SyncVoted | undefined> {
  const { book, node, roster, signer, roots, persist, log } = parts;
  // A block carries the signatures of the slot before it, so the committee is that of the next slot's epoch.
  const duties = await persist(() => book.syncOf(epochOf(slot + 1)));
  if (duties.length === 0) return undefined;
  const blockRoot = await persist(() => node.headRoot());
  const beaconBlockRoot = bytesOf(blockRoot);
  const signingRoot = roots.syncMessage(slot, beaconBlockRoot);
  const messages = duties.flatMap(({ validator_index: validatorIndex }): altair.SyncCommitteeMessage[] => {
    const key = roster.keyOf(validatorIndex);
    if (key === undefined) return [];
    return [{ slot, beaconBlockRoot, validatorIndex, signature: signer.sign(key, signingRoot) }];
  });
  if (messages.length === 0) return undefined;
  await persist(() => node.submitSyncMessages(messages));
  log.debug('signed for the sync committee', { slot, validators: messages.length });
  return { slot, blockRoot, duties };
}

/** Collects the signatures of the subcommittees that we contribute for. */
export async function contribute(parts: DutyParts, voted: SyncVoted): Promise<void> {
  const wanted = voted.duties.flatMap((duty) =>
    subcommitteesOf(duty).map((subcommitteeIndex) => ({ duty, subcommitteeIndex })),
  );
  const made = await Promise.all(wanted.map((part) => contribution(parts, voted, part)));
  const signed = made.flat();
  if (signed.length > 0) await parts.persist(() => parts.node.submitContributions(signed));
}

async function contribution(
  { roster, signer, roots, node, persist }: DutyParts,
  { slot, blockRoot }: SyncVoted,
  { duty, subcommitteeIndex }: { readonly duty: SyncDuty; readonly subcommitteeIndex: number },
): Promise<altair.SignedContributionAndProof[]> {
  const aggregatorIndex = duty.validator_index;
  const key = roster.keyOf(aggregatorIndex);
  if (key === undefined) return [];
  const selectionProof = signer.sign(key, roots.syncSelection(slot, subcommitteeIndex));
  if (!isContributor(selectionProof)) return [];
  const message = {
    aggregatorIndex,
    contribution: await persist(() => node.contribution({ slot, subcommitteeIndex, blockRoot })),
    selectionProof,
  };
  return [{ message, signature: signer.sign(key, roots.contribution(slot, message)) }];
}

function subcommitteesOf({ validator_sync_committee_indices: seats }: SyncDuty): number[] {
  return [...new Set(seats.map((seat) => Math.floor(seat / subcommitteeSize)))];
}

/** Source: consensus-specs, altair validator.md, is_sync_committee_aggregator. */
function isContributor(selectionProof: Uint8Array): boolean {
  const modulo = Math.max(1, Math.floor(subcommitteeSize / TARGET_AGGREGATORS_PER_SYNC_SUBCOMMITTEE));
  return hashNumber(selectionProof) % BigInt(modulo) === 0n;
}
