import { SLOTS_PER_EPOCH } from '@lodestar/params';
import { type Clock, sleepUntil } from '../../base/clock.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { HeadWatch } from '../beacon/head-watch.ts';
import type { SigningNetwork } from '../network.ts';
import { epochOf } from '../signing-roots.ts';
import { aggregate, attest } from './attesting.ts';
import type { DutyParts } from './duty-parts.ts';
import { prepareProposers, subscribeCommittees, subscribeSyncCommittee } from './preparing.ts';
import { propose } from './proposing.ts';
import { contribute, signHead } from './sync-committee.ts';

export interface DutyLoopOptions {
  readonly parts: DutyParts;
  readonly head: HeadWatch;
  readonly network: SigningNetwork;
  readonly clock: Clock;
  /** Resolves once the beacon node is proven to be of this network; throws when it is of another. */
  readonly proveNode: () => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Does the duties of each slot by the clock: propose at its start, vote when its block is there or a third has
 * passed, aggregate after two thirds. A slow slot does not hold up the next. Source: consensus-specs, validator.md.
 */
export class DutyLoop {
  private readonly options: DutyLoopOptions;
  /** A node that failed us may be another one when it answers again. */
  private isProven = false;
  private isTroubled = false;
  private preparedEpoch = -1;
  private otherNetwork: unknown;

  constructor(options: DutyLoopOptions) {
    this.options = options;
  }

  /** Until the signal. @throws EPH-MAYFLY-VALIDATOR-OTHER-NETWORK */
  async run(): Promise<void> {
    const { clock, signal } = this.options;
    let slot = this.currentSlot();
    await this.guarded('prepare', () => this.prepare(Math.max(0, epochOf(slot + 1))));
    while (!signal.aborted && this.otherNetwork === undefined) {
      slot = Math.max(slot + 1, this.currentSlot(), 0);
      await sleepUntil(clock, this.startMs(slot), signal).catch(() => undefined);
      if (!signal.aborted) void this.runSlot(slot).catch(() => undefined);
    }
    if (this.otherNetwork !== undefined) throw this.otherNetwork;
  }

  /** Our keys changed: who they are is asked for before the next slot. */
  keysChanged(): void {
    this.preparedEpoch = -1;
  }

  private async runSlot(slot: number): Promise<void> {
    const { parts, head } = this.options;
    const epoch = epochOf(slot);
    if (epoch > this.preparedEpoch || !this.isProven)
      await this.guarded('prepare', () => this.prepare(epoch));
    if (!this.isProven) return;
    if (head.head !== undefined) await parts.book.check(epochOf(head.head.slot), head.head);
    await Promise.all([this.guarded('propose', () => propose(parts, slot)), this.vote(slot)]);
    const isLast = (slot + 1) % SLOTS_PER_EPOCH === 0;
    if (isLast) await this.guarded('prepare', () => this.prepare(epoch + 1));
  }

  private async vote(slot: number): Promise<void> {
    const { parts, network, clock, signal } = this.options;
    await this.blockOrThird(slot);
    const [voted, headVoted] = await Promise.all([
      this.guarded('attest', () => attest(parts, slot)),
      this.guarded('sign for the sync committee', () => signHead(parts, slot)),
    ]);
    await sleepUntil(clock, this.startMs(slot) + (network.slotMs * 2) / 3, signal);
    await Promise.all([
      voted && this.guarded('aggregate', () => aggregate(parts, voted)),
      headVoted && this.guarded('contribute', () => contribute(parts, headVoted)),
    ]);
  }

  /** Resolves when the head is of this slot, or when a third of the slot is over. */
  private async blockOrThird(slot: number): Promise<void> {
    const { head, clock, network, signal } = this.options;
    const over = new AbortController();
    const third = sleepUntil(clock, this.startMs(slot) + network.slotMs / 3, signal);
    await Promise.race([head.reached(slot, over.signal), third]).finally(() => over.abort());
    third.catch(() => undefined);
  }

  /** Proves the node, then learns who we are and what we have to do, and tells the node. */
  private async prepare(epoch: number): Promise<void> {
    const { parts, proveNode } = this.options;
    await proveNode();
    this.isProven = true;
    if (await parts.roster.refresh()) parts.book.clear();
    parts.book.forgetBefore(epoch - 1);
    this.preparedEpoch = epoch;
    await prepareProposers(parts);
    await subscribeCommittees(parts, epoch);
    await subscribeSyncCommittee(parts, epoch);
  }

  /** A duty that fails is told and left; the others go on. */
  private async guarded<T>(duty: string, work: () => Promise<T>): Promise<T | undefined> {
    const { parts, signal } = this.options;
    try {
      const done = await work();
      if (this.isTroubled) parts.log.info('duties go on', { duty });
      this.isTroubled = false;
      return done;
    } catch (cause) {
      if (signal.aborted) return undefined;
      if (isEphemeryError(cause, 'EPH-MAYFLY-VALIDATOR-OTHER-NETWORK')) this.otherNetwork = cause;
      this.isProven = false;
      const facts = { duty, reason: messageOf(cause) };
      if (this.isTroubled) parts.log.debug('a duty failed', facts);
      else parts.log.warn('a duty failed', facts);
      this.isTroubled = true;
      return undefined;
    }
  }

  private currentSlot(): number {
    const { clock, network } = this.options;
    return Math.floor((clock.nowMs() - network.genesisTimeSeconds * 1000) / network.slotMs);
  }

  private startMs(slot: number): number {
    const { network } = this.options;
    return network.genesisTimeSeconds * 1000 + slot * network.slotMs;
  }
}
