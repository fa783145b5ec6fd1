import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Chain } from '../chain/chain.ts';
import { mayflyErrors } from '../errors.ts';
import type { KeptNote } from '../store/kept-note.ts';
import type { RootHex } from '../types.ts';
import type { ActiveChaos } from './active-chaos.ts';
import type { ChaosCommand } from './chaos-command.ts';
import { decodeOrders, encodeOrders } from './chaos-note.ts';
import type { LieTopic } from './lie-topics.ts';
import type { Slasher } from './slasher.ts';

/** Half: well beyond the third that finality can do without. */
const finalityStoppingShare = 0.5;

/** So many orders at a time are more than anybody means. */
const mostOrders = 100;

export interface ChaosOptions {
  readonly chain: Chain;
  readonly clock: Clock;
  readonly slasher: Slasher;
  /** Where the orders are kept over a restart. */
  readonly note: KeptNote;
}

/**
 * The disturbances that were ordered of a producer. It only answers what is in force now; the producer, the
 * duties and the API ask at the places where they would otherwise do the right thing.
 */
export class Chaos {
  private readonly chain: Chain;
  private readonly clock: Clock;
  private readonly slasher: Slasher;
  private readonly note: KeptNote;
  private orders: ActiveChaos[] = [];
  private reorgDepth = 0;

  private constructor({ chain, clock, slasher, note }: ChaosOptions) {
    this.chain = chain;
    this.clock = clock;
    this.slasher = slasher;
    this.note = note;
  }

  /** With what was in force when the process before this one ended, as far as it still is. */
  static async open(options: ChaosOptions): Promise<Chaos> {
    const chaos = new Chaos(options);
    chaos.orders = (await options.note.restore((bytes) => decodeOrders(bytes, options.clock))) ?? [];
    for (const { command } of chaos.orders) if (command.kind === 'reorg') chaos.reorgDepth = command.depth;
    return chaos;
  }

  /** Puts a command in force. @throws EPH-MAYFLY-CHAOS when it cannot be obeyed on this network */
  order(command: ChaosCommand): void {
    this.check(command);
    if (command.kind === 'slash') {
      this.slasher.slash(command.validator, command.by);
      return;
    }
    if (command.kind === 'reorg') this.reorgDepth = command.depth;
    const fromSlot = this.chain.currentSlot() + 1;
    this.orders.push({
      command,
      fromSlot,
      toSlot: 'slots' in command && command.slots !== undefined ? fromSlot + command.slots - 1 : Infinity,
      untilMs: 'durationMs' in command ? this.clock.monotonicMs() + command.durationMs : Infinity,
    });
    this.keep();
  }

  /** Resolves when what was ordered so far would outlive a restart. */
  async settled(): Promise<void> {
    await Promise.all([this.note.settled(), this.slasher.settled()]);
  }

  /** Everything in force or still to come. */
  active(): readonly ActiveChaos[] {
    const slot = this.chain.currentSlot();
    const nowMs = this.clock.monotonicMs();
    this.orders = this.orders.filter(
      (order) =>
        order.toSlot >= slot &&
        order.untilMs > nowMs &&
        (order.command.kind !== 'reorg' || this.reorgDepth > 0),
    );
    return this.orders;
  }

  clear(): void {
    this.orders = [];
    this.reorgDepth = 0;
    this.keep();
  }

  skipsProposal(slot: number): boolean {
    return this.inForce('skip-slots', slot) !== undefined || this.isOutage(slot);
  }

  /** How long after the slot's start our block is to come; 0 is on time. */
  proposalDelayMs(slot: number): number {
    return this.inForce('late-block', slot)?.delayMs ?? 0;
  }

  /** The block that our next one is to be built on: the head, or one further back when a reorg was ordered. */
  nextParent(): RootHex {
    const { head } = this.chain;
    return this.chain.ancestor(head.root, this.reorgDepth)?.root ?? head.root;
  }

  /** Told when a block was built on `nextParent`: a reorg happens once, over a restart too. */
  async blockBuilt(): Promise<void> {
    if (this.reorgDepth === 0) return;
    this.reorgDepth = 0;
    this.keep();
    await this.note.settled();
  }

  /** The same validators stay away for as long as the share is the same, as with a client that is down. */
  takesPart(validatorIndex: number, slot: number): boolean {
    if (this.isOutage(slot)) return false;
    const dropped = this.inForce('drop-attestations', slot)?.share ?? 0;
    const stopped = this.inForce('stop-finality', slot) === undefined ? 0 : finalityStoppingShare;
    return lotOf(validatorIndex) >= Math.max(dropped, stopped);
  }

  isOutage(slot = this.chain.currentSlot()): boolean {
    return this.inForce('outage', slot) !== undefined;
  }

  /** How long the API is still to hold requests, in milliseconds. */
  stalledForMs(): number {
    const ends = this.active()
      .filter((order) => order.command.kind === 'stall-api')
      .map((order) => order.untilMs);
    return Math.max(0, ...ends.map((end) => end - this.clock.monotonicMs()));
  }

  liesAbout(about: LieTopic): boolean {
    return this.active().some(({ command }) => command.kind === 'wrong-answers' && command.about === about);
  }

  private inForce<K extends ChaosCommand['kind']>(
    kind: K,
    slot: number,
  ): Extract<ChaosCommand, { kind: K }> | undefined {
    const order = this.orders.find(
      ({ command, fromSlot, toSlot }) => command.kind === kind && fromSlot <= slot && slot <= toSlot,
    );
    return order?.command as Extract<ChaosCommand, { kind: K }> | undefined;
  }

  private keep(): void {
    this.note.keep(() => encodeOrders(this.active(), this.clock));
  }

  private check(command: ChaosCommand): void {
    if (this.active().length >= mostOrders)
      throw refusal(`${mostOrders} are in force already; clear them first`);
    if (command.kind === 'late-block' && command.delayMs >= this.chain.network.slotMs) {
      throw refusal(`a delay of ${command.delayMs} ms is a whole slot or more; skip slots instead`);
    }
    if (command.kind === 'reorg') {
      const ancestor = this.chain.ancestor(this.chain.head.root, command.depth);
      if (ancestor === undefined) throw refusal(`${command.depth} blocks back is before the finalized block`);
    }
  }
}

/** A number in [0, 1) for each validator, always the same. */
function lotOf(validatorIndex: number): number {
  return createHash('sha256').update(`chaos|${validatorIndex}`).digest().readUInt32BE(0) / 2 ** 32;
}

function refusal(reason: string): Error {
  return mayflyErrors.create('EPH-MAYFLY-CHAOS', { reason });
}
