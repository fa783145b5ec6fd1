import { type Clock, sleepUntil } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { type SlotTimes, slotAt, slotStartMs } from '../slots.ts';
import type { Producer, SlotOutcome } from './producer.ts';

/** What a slot came to; times from the slot's start. */
export interface SlotDone {
  readonly slot: number;
  readonly outcome: SlotOutcome;
  /** Until our block was in the chain and the execution client had it. */
  readonly proposedMs: number;
  /** Until everything was done: votes, and the next payload begun. */
  readonly endedMs: number;
}

/** The steps of a slot that the loop times. */
export type SlotProducer = Pick<Producer, 'propose' | 'proposalDelayMs' | 'attest' | 'prepareNext'>;

export interface SlotLoopOptions {
  readonly producer: SlotProducer;
  readonly times: SlotTimes;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called as each slot ends. */
  readonly onSlot?: (done: SlotDone) => void;
}

/**
 * Runs a producer by the wall clock until the signal: propose at the slot's start, attest at once when the block
 * is ours and after a third of the slot otherwise, then let the execution client begin the next payload. A slot that
 * was slept through is skipped, never made up for: a burst of late blocks helps nobody.
 */
export async function runSlotLoop(options: SlotLoopOptions): Promise<void> {
  try {
    await loop(options);
  } catch (cause) {
    if (!options.signal.aborted) throw cause;
  }
}

async function loop(options: SlotLoopOptions): Promise<void> {
  const { times, clock, signal, log } = options;
  await prepareFirst(options);
  let last = slotAt(times, clock.nowMs());
  while (!signal.aborted) {
    const slot = Math.max(last + 1, slotAt(times, clock.nowMs()), 1);
    if (slot > last + 1 && last > 0) log.warn('slots were skipped', { from: last + 1, to: slot - 1 });
    await sleepUntil(clock, slotStartMs(times, slot), signal);
    try {
      await runSlot(options, slot);
    } catch (cause) {
      if (signal.aborted) throw cause;
      log.error('a slot failed', { slot, reason: messageOf(cause) });
      await sleepUntil(clock, slotStartMs(times, slot) + times.slotMs / 2, signal);
    }
    last = slot;
  }
}

/** Before the first slot, so that its payload is ready and the execution client is known to be there. */
async function prepareFirst({ producer, times, clock, log }: SlotLoopOptions): Promise<void> {
  const next = Math.max(1, slotAt(times, clock.nowMs()) + 1);
  if (!(await producer.prepareNext(next - 1))) log.warn('the execution client is not ready yet');
}

async function runSlot(options: SlotLoopOptions, slot: number): Promise<void> {
  const { producer, times, clock, signal, log, onSlot } = options;
  const startMs = slotStartMs(times, slot);
  const attestationMs = startMs + times.slotMs / 3;
  const proposalMs = startMs + producer.proposalDelayMs(slot);
  if (proposalMs > attestationMs) await attestAt(options, slot, attestationMs);
  await sleepUntil(clock, proposalMs, signal);
  const outcome = await producer.propose(slot);
  const proposedMs = clock.nowMs() - startMs;
  if (outcome.kind === 'missed') log.warn('a slot was missed', { slot, reason: outcome.reason });
  const hasBlock = outcome.kind === 'proposed';
  if (proposalMs <= attestationMs) await attestAt(options, slot, hasBlock ? startMs : attestationMs);
  await sleepUntil(clock, hasBlock ? startMs : startMs + (times.slotMs * 2) / 3, signal);
  await producer.prepareNext(slot);
  onSlot?.({ slot, outcome, proposedMs, endedMs: clock.nowMs() - startMs });
}

async function attestAt(
  { producer, clock, signal }: SlotLoopOptions,
  slot: number,
  atMs: number,
): Promise<void> {
  await sleepUntil(clock, atMs, signal);
  await producer.attest(slot);
}
