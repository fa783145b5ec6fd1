import { aggregateSerializedSignatures } from '@chainsafe/blst';
import { BitArray } from '@chainsafe/ssz';
import { SYNC_COMMITTEE_SIZE, SYNC_COMMITTEE_SUBNET_COUNT } from '@lodestar/params';
import type { altair } from '@lodestar/types';
import type { RootHex } from '../types.ts';

export const subcommitteeSize = SYNC_COMMITTEE_SIZE / SYNC_COMMITTEE_SUBNET_COUNT;
const keptSlots = 8;
/** The point at infinity of G2, compressed: the signature of nobody. */
const infinity = Uint8Array.from({ length: 96 }, (_, i) => (i === 0 ? 0xc0 : 0));

/** What part of one subcommittee signed: `bits[i]` is its position i. */
export interface SubcommitteeVote {
  readonly slot: number;
  readonly blockRoot: RootHex;
  readonly subcommitteeIndex: number;
  readonly bits: readonly boolean[];
  readonly signature: Uint8Array;
}

/** Sync committee signatures over a block root, ours and those of others, by subcommittee. Added ones are verified. */
export class SyncCommitteePool {
  private readonly votes = new Map<number, Map<string, SubcommitteeVote>>();

  add(vote: SubcommitteeVote): void {
    const ofSlot = this.votes.get(vote.slot) ?? new Map<string, SubcommitteeVote>();
    this.votes.set(vote.slot, ofSlot);
    const key = keyOf(vote.blockRoot, vote.subcommitteeIndex);
    const before = ofSlot.get(key);
    ofSlot.set(key, before === undefined ? vote : merge(before, vote));
  }

  get(slot: number, blockRoot: RootHex, subcommitteeIndex: number): SubcommitteeVote | undefined {
    return this.votes.get(slot)?.get(keyOf(blockRoot, subcommitteeIndex));
  }

  /** Whether everybody in it is in what is kept of the subcommittee. */
  covers({ slot, blockRoot, subcommitteeIndex, bits }: Omit<SubcommitteeVote, 'signature'>): boolean {
    const kept = this.get(slot, blockRoot, subcommitteeIndex);
    return kept !== undefined && bits.every((bit, i) => !bit || kept.bits[i] === true);
  }

  /** What a block at `slot + 1` on this parent carries. */
  aggregate(slot: number, blockRoot: RootHex): altair.SyncAggregate {
    const bits = new Array<boolean>(SYNC_COMMITTEE_SIZE).fill(false);
    const signatures: Uint8Array[] = [];
    for (let index = 0; index < SYNC_COMMITTEE_SUBNET_COUNT; index++) {
      const vote = this.get(slot, blockRoot, index);
      if (vote === undefined) continue;
      for (const [i, bit] of vote.bits.entries()) bits[index * subcommitteeSize + i] = bit;
      signatures.push(vote.signature);
    }
    return {
      syncCommitteeBits: BitArray.fromBoolArray(bits),
      syncCommitteeSignature:
        signatures.length === 0 ? infinity : aggregateSerializedSignatures(signatures).toBytes(),
    };
  }

  prune(currentSlot: number): void {
    for (const slot of this.votes.keys()) if (slot + keptSlots < currentSlot) this.votes.delete(slot);
  }
}

function keyOf(blockRoot: RootHex, subcommitteeIndex: number): string {
  return `${blockRoot}|${subcommitteeIndex}`;
}

/** Adds up what does not overlap; of two that do, the larger stays. */
function merge(a: SubcommitteeVote, b: SubcommitteeVote): SubcommitteeVote {
  if (a.bits.some((bit, i) => bit && b.bits[i])) {
    return b.bits.filter(Boolean).length > a.bits.filter(Boolean).length ? b : a;
  }
  const signature = aggregateSerializedSignatures([a.signature, b.signature]).toBytes();
  return { ...a, bits: a.bits.map((bit, i) => bit || b.bits[i] === true), signature };
}
