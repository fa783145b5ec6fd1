import type { KeptMessages } from '../../core/keys/kept-message.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { iterationAt, scheduleOf } from '../../core/network/schedule.ts';
import { MessageStore } from '../../storage/files/kept-messages.ts';
import type { Services } from '../services.ts';
import type { KeyPlace } from './key-sets.ts';

/** When an iteration ends, in milliseconds since 1970. */
export function endOf(definition: NetworkDefinition, iteration: number): number {
  return scheduleOf(definition, iteration + 1).startSeconds * 1_000;
}

/** The iteration by the clock, and when it ends; 0 before the first. */
export function iterationNow(definition: NetworkDefinition, nowMs: number) {
  const iteration = Math.max(0, iterationAt(definition, nowMs));
  return { iteration, endsAtMs: endOf(definition, iteration) };
}

/** Remembers in each key set what was signed with its keys, so that it can be told void once its network is gone. */
export async function keepMessages(
  { paths, clock, random }: Pick<Services, 'paths' | 'clock' | 'random'>,
  places: readonly KeyPlace[],
  messages: Omit<KeptMessages, 'keys' | 'signedAtMs'>,
): Promise<void> {
  const store = new MessageStore(paths.keys);
  const bySet = new Map<string, PublicKey[]>();
  for (const { keySet, key } of places) bySet.set(keySet, [...(bySet.get(keySet) ?? []), key]);
  const signedAtMs = clock.nowMs();
  for (const [keySet, keys] of bySet) {
    const token = Buffer.from(random.bytes(4)).toString('hex');
    await store.keep(keySet, { ...messages, keys, signedAtMs }, token);
  }
}
