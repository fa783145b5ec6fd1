import {
  type KeptMessages,
  type MessageStanding,
  type NetworkNow,
  standingOf,
} from '../../core/keys/kept-message.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { MessageStore } from '../../storage/files/kept-messages.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';

/** A message that was signed with a key and may still lie somewhere. */
export interface ToldMessage {
  readonly kind: Exclude<KeptMessages['kind'], 'deposit'>;
  readonly network: string;
  readonly iteration: number;
  readonly file: string;
  readonly standing: MessageStanding;
}

export type NetworkSeen = NetworkNow & { readonly network?: string };

/** Exits and changes of credentials by key, each with whether it still can be sent. */
export async function toldMessages(
  paths: RootPaths,
  keySets: readonly string[],
  now: NetworkSeen,
): Promise<ReadonlyMap<PublicKey, readonly ToldMessage[]>> {
  const store = new MessageStore(paths.keys);
  const told = new Map<PublicKey, ToldMessage[]>();
  for (const keySet of new Set(keySets)) {
    for (const kept of await store.read(keySet)) {
      const { kind, network, iteration, file } = kept;
      if (kind === 'deposit') continue;
      // Of another network only the schedule is known.
      const standing = standingOf(kept, network === now.network ? now : { nowMs: now.nowMs });
      for (const key of kept.keys)
        told.set(key, [...(told.get(key) ?? []), { kind, network, iteration, file, standing }]);
    }
  }
  return told;
}
