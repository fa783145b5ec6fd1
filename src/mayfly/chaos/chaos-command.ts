import { z } from 'zod';
import { lieTopics } from './lie-topics.ts';

const slots = z.int().min(1).max(100_000);
const durationMs = z.int().min(1).max(3_600_000);
const validator = z.int().min(0);

/**
 * What can be ordered of a producer. Counts of slots begin with the next slot; durations begin at once.
 * `reorg` happens with the next block of ours.
 */
export const chaosCommand = z.discriminatedUnion('kind', [
  /** Our proposers make no block. */
  z.strictObject({ kind: z.literal('skip-slots'), slots }),
  /** This share of our validators neither attests nor signs for the sync committee. */
  z.strictObject({ kind: z.literal('drop-attestations'), share: z.number().min(0).max(1), slots }),
  /** Half of our validators stay away, so that nothing is finalized; until cleared when no slots are given. */
  z.strictObject({ kind: z.literal('stop-finality'), slots: slots.optional() }),
  /** Our blocks come this long after their slot began; less than a slot. */
  z.strictObject({ kind: z.literal('late-block'), delayMs: z.int().min(1).max(60_000), slots }),
  /** The next block replaces this many blocks of the chain. */
  z.strictObject({ kind: z.literal('reorg'), depth: z.int().min(1).max(64) }),
  /** One of our validators breaks a slashing rule, and the proof goes into the next block. */
  z.strictObject({ kind: z.literal('slash'), validator, by: z.enum(['proposal', 'attestation']) }),
  /** Requests to the API are held until the time is over. */
  z.strictObject({ kind: z.literal('stall-api'), durationMs }),
  /** The API lies about one thing; all else that it tells stays true. */
  z.strictObject({ kind: z.literal('wrong-answers'), about: z.enum(lieTopics), durationMs }),
  /** Nobody proposes or attests, and the API breaks off every connection. */
  z.strictObject({ kind: z.literal('outage'), slots }),
]);

export type ChaosCommand = z.infer<typeof chaosCommand>;
