import type { HeadEvent } from '../beacon/shapes.ts';
import { epochOf } from '../signing-roots.ts';
import { aggregate, attest } from './attesting.ts';
import type { DutyParts } from './duty-parts.ts';
import { prepareProposers, subscribeCommittees, subscribeSyncCommittee } from './preparing.ts';
import { propose } from './proposing.ts';
import { contribute, signHead } from './sync-committee.ts';

/** What is left to do for a vote after two thirds of its slot: to collect it with others'. */
export type Collect = () => Promise<void>;

/** The duties that the loop does by the clock. */
export interface Duties {
  /** Resolves once the beacon node is proven to be of this network. @throws EPH-MAYFLY-VALIDATOR-OTHER-NETWORK */
  prove(): Promise<void>;
  /** Learns who we are and what we have to do in an epoch, and tells the node. */
  prepare(epoch: number): Promise<void>;
  /** Drops what was learned of another chain than this head's. */
  recheck(head: HeadEvent): Promise<void>;
  propose(slot: number): Promise<void>;
  attest(slot: number): Promise<Collect | undefined>;
  signHead(slot: number): Promise<Collect | undefined>;
}

export function dutiesOf(parts: DutyParts, proveNode: () => Promise<void>): Duties {
  const { roster, book, persist } = parts;
  return {
    prove: () => persist(proveNode),
    async prepare(epoch) {
      if (await roster.refresh()) book.clear();
      book.forgetBefore(epoch - 1);
      await prepareProposers(parts);
      await subscribeCommittees(parts, epoch);
      await subscribeSyncCommittee(parts, epoch);
    },
    recheck: (head) => book.check(epochOf(head.slot), head),
    propose: (slot) => propose(parts, slot),
    async attest(slot) {
      const voted = await attest(parts, slot);
      return voted && (() => aggregate(parts, voted));
    },
    async signHead(slot) {
      const voted = await signHead(parts, slot);
      return voted && (() => contribute(parts, voted));
    },
  };
}
