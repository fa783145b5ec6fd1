import { aggregateSerializedSignatures } from '@chainsafe/blst';
import { SLOTS_PER_EPOCH } from '@lodestar/params';
import { type phase0, ssz } from '@lodestar/types';
import { toRootHex } from '@lodestar/utils';
import type { RootHex } from '../types.ts';

/** What one committee said together: `bits[i]` is the validator at position i of the committee. */
export interface CommitteeVote {
  readonly data: phase0.AttestationData;
  readonly committeeIndex: number;
  readonly bits: readonly boolean[];
  readonly signature: Uint8Array;
}

/** All votes of one slot for the same data, by committee. */
export interface VoteGroup {
  readonly data: phase0.AttestationData;
  readonly dataRoot: RootHex;
  readonly committees: ReadonlyMap<number, CommitteeVote>;
}

interface OpenGroup extends VoteGroup {
  readonly committees: Map<number, CommitteeVote>;
}

/**
 * Attestations that may go into a block, ours and those of other validator clients, merged by committee.
 * Whoever adds one has verified its signature. Votes older than two epochs cannot be included and are dropped.
 */
export class AttestationPool {
  private readonly bySlot = new Map<number, Map<RootHex, OpenGroup>>();

  add(vote: CommitteeVote): void {
    const dataRoot = toRootHex(ssz.phase0.AttestationData.hashTreeRoot(vote.data));
    const groups = this.bySlot.get(vote.data.slot) ?? new Map<RootHex, OpenGroup>();
    this.bySlot.set(vote.data.slot, groups);
    const group = groups.get(dataRoot) ?? { data: vote.data, dataRoot, committees: new Map() };
    groups.set(dataRoot, group);
    const before = group.committees.get(vote.committeeIndex);
    group.committees.set(vote.committeeIndex, before === undefined ? vote : mergeVotes(before, vote));
  }

  /** Whether everybody in it is in what is kept of the committee. */
  covers({ data, committeeIndex, bits }: CommitteeVote): boolean {
    const dataRoot = toRootHex(ssz.phase0.AttestationData.hashTreeRoot(data));
    const kept = this.bySlot.get(data.slot)?.get(dataRoot)?.committees.get(committeeIndex);
    return kept !== undefined && bits.every((bit, i) => !bit || kept.bits[i] === true);
  }

  /** Groups of all slots kept, newest slot first. */
  groups(): VoteGroup[] {
    const slots = [...this.bySlot.keys()].sort((a, b) => b - a);
    return slots.flatMap((slot) => [...(this.bySlot.get(slot)?.values() ?? [])]);
  }

  prune(currentSlot: number): void {
    for (const slot of this.bySlot.keys()) {
      if (slot + 2 * SLOTS_PER_EPOCH < currentSlot) this.bySlot.delete(slot);
    }
  }
}

/** Two aggregates can be added only when nobody is in both; else the larger one stays. */
function mergeVotes(a: CommitteeVote, b: CommitteeVote): CommitteeVote {
  if (a.bits.some((bit, i) => bit && b.bits[i])) return count(b.bits) > count(a.bits) ? b : a;
  const signature = aggregateSerializedSignatures([a.signature, b.signature]).toBytes();
  return { ...a, bits: a.bits.map((bit, i) => bit || b.bits[i] === true), signature };
}

function count(bits: readonly boolean[]): number {
  return bits.filter(Boolean).length;
}
