import { SLOTS_PER_EPOCH } from '@lodestar/params';
import { type Clock, sleepUntil } from '../../base/clock.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { HeadWatch } from '../beacon/head-watch.ts';
import type { SigningNetwork } from '../network.ts';
import { epochOf } from '../signing-roots.ts';
import type { Duties } from './duties.ts';

export interface DutyLoopOptions {
  readonly duties: Duties;
  readonly head: Pick<HeadWatch, 'head' | 'reached'>;
  readonly network: Pick<SigningNetwork, 'genesisTimeSeconds' | 'slotMs'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** From this slot of an epoch on, the next one's duties are learned, so that its first slot finds them there. */
const learnAheadFrom = SLOTS_PER_EPOCH / 2;

/**
 * Does the duties of each slot by the clock: propose at its start, vote when its block is there or a third has
 * passed, aggregate after two thirds. A slow slot does not hold up the next, and the votes of slots that were slept
 * through are made up for within their epoch. Source: consensus-specs, validator.md.
 */
export class DutyLoop {
  private readonly options: DutyLoopOptions;
  /** A node that failed us may be another one when it answers again. */
  private isProven = false;
  private isTroubled = false;
  private preparedEpoch = -1;
  private keysVersion = 0;
  private otherNetwork: unknown;

  constructor(options: DutyLoopOptions) {
    this.options = options;
  }

  /** Until the signal. @throws EPH-MAYFLY-VALIDATOR-OTHER-NETWORK */
  async run(): Promise<void> {
    const { clock, signal, log } = this.options;
    if (await this.proven()) await this.prepare(Math.max(0, epochOf(this.currentSlot() + 1)));
    let last = Math.max(-1, this.currentSlot());
    log.info('duties begin', { slot: last + 1 });
    while (!signal.aborted && this.otherNetwork === undefined) {
      await sleepUntil(clock, this.startMs(last + 1), signal).catch(() => undefined);
      if (signal.aborted) break;
      const slot = Math.max(last + 1, this.currentSlot());
      this.makeUp(last + 1, slot);
      void this.runSlot(slot).catch(() => undefined);
      last = slot;
    }
    if (this.otherNetwork !== undefined) throw this.otherNetwork;
  }

  /** Our keys changed: who they are is asked for before the next slot. */
  keysChanged(): void {
    this.keysVersion++;
    this.preparedEpoch = -1;
  }

  private async runSlot(slot: number): Promise<void> {
    if (!(await this.proven())) return;
    const { duties, head } = this.options;
    const epoch = epochOf(slot);
    // Without it the duties that are known go on.
    if (epoch > this.preparedEpoch) await this.prepare(epoch);
    if (head.head !== undefined) await duties.recheck(head.head);
    await Promise.all([this.guarded('propose', () => duties.propose(slot)), this.vote(slot)]);
    if (slot % SLOTS_PER_EPOCH >= learnAheadFrom && this.preparedEpoch <= epoch)
      await this.prepare(epoch + 1);
  }

  private async vote(slot: number): Promise<void> {
    const { duties, network, clock, signal } = this.options;
    await this.blockOrThird(slot);
    const collects = await Promise.all([
      this.guarded('attest', () => duties.attest(slot)),
      this.guarded('sign for the sync committee', () => duties.signHead(slot)),
    ]);
    await sleepUntil(clock, this.startMs(slot) + (network.slotMs * 2) / 3, signal);
    await Promise.all(collects.map((collect) => collect && this.guarded('aggregate', collect)));
  }

  /**
   * The votes of slots that a halted machine ran over: a block can carry them until the end of the next epoch, so they
   * still count. A late block or a late sync committee message is worth nothing.
   */
  private makeUp(from: number, until: number): void {
    if (from >= until) return;
    const { duties, log } = this.options;
    log.warn('slots were slept through', { from, to: until - 1 });
    const firstOfEpoch = epochOf(until) * SLOTS_PER_EPOCH;
    for (let slot = Math.max(from, firstOfEpoch); slot < until; slot++) {
      const attest = async () => (await this.proven()) && this.guarded('attest', () => duties.attest(slot));
      void attest().catch(() => undefined);
    }
  }

  /** Resolves when the head is of this slot, or when a third of the slot is over. */
  private async blockOrThird(slot: number): Promise<void> {
    const { head, clock, network, signal } = this.options;
    const over = new AbortController();
    const third = sleepUntil(clock, this.startMs(slot) + network.slotMs / 3, signal);
    await Promise.race([head.reached(slot, over.signal), third]).finally(() => over.abort());
    third.catch(() => undefined);
  }

  /** Whether nothing failed since the node was proven, or it is proven anew. */
  private async proven(): Promise<boolean> {
    if (this.isProven) return true;
    const prove = () => this.options.duties.prove().then(() => true);
    const isProven = (await this.guarded('prove', prove)) === true;
    this.isProven = isProven;
    return isProven;
  }

  private async prepare(epoch: number): Promise<void> {
    const keysVersion = this.keysVersion;
    await this.guarded('prepare', async () => {
      await this.options.duties.prepare(epoch);
      if (keysVersion === this.keysVersion) this.preparedEpoch = epoch;
    });
  }

  /** A duty that fails is told and left; the others go on. A node that was away is proven and told everything again. */
  private async guarded<T>(duty: string, work: () => Promise<T>): Promise<T | undefined> {
    const { log, signal } = this.options;
    try {
      const done = await work();
      if (this.isTroubled) log.info('duties go on', { duty });
      this.isTroubled = false;
      return done;
    } catch (cause) {
      if (signal.aborted) return undefined;
      if (isEphemeryError(cause, 'EPH-MAYFLY-VALIDATOR-OTHER-NETWORK')) this.otherNetwork = cause;
      if (isNoAnswer(cause)) {
        this.isProven = false;
        this.preparedEpoch = -1;
      }
      const facts = { duty, reason: messageOf(cause) };
      if (this.isTroubled) log.debug('a duty failed', facts);
      else log.warn('a duty failed', facts);
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

/** A refusal is an answer: to ask a node that is busy for everything again would only make it busier. */
function isNoAnswer(cause: unknown): boolean {
  return isEphemeryError(cause, 'EPH-MAYFLY-VALIDATOR-BEACON') && cause.facts.status === undefined;
}
