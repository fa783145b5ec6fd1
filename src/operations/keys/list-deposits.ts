import type { KeptDeposit } from '../../core/keys/kept-message.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { MessageStore } from '../../storage/files/kept-messages.ts';
import { knownNetwork } from '../network/known-network.ts';
import type { Services } from '../services.ts';
import { iterationNow } from './keep-messages.ts';
import { keySetStore } from './key-sets.ts';
import { type ListedKey, type ListKeysWish, listKeys } from './list-keys.ts';

/** Where the key of a deposit stands now: a reset takes deposits away, and keeps those that its genesis has. */
export type DepositPlace = 'in-genesis' | 'in-state' | 'outside' | 'unknown';

export interface ListedDeposit extends KeptDeposit {
  readonly keySet: string;
  readonly pubkey: PublicKey;
  /** In which it was made. */
  readonly iteration: number;
  readonly now: DepositPlace;
}

export interface ListDepositsReport {
  readonly network: string;
  /** The current one. */
  readonly iteration: number;
  /** In which those listed were made. */
  readonly from: number;
  readonly deposits: readonly ListedDeposit[];
  readonly notes: readonly string[];
}

export interface ListDepositsWish extends Omit<ListKeysWish, 'keys'> {
  /** Made in this iteration; in the last one when absent. */
  readonly from?: number | undefined;
}

/** Deposits that were signed here for an iteration, the latest of each key, and what became of them. Throws as `listKeys`. */
export async function listDeposits(
  services: Parameters<typeof listKeys>[0] & Pick<Services, 'random'>,
  wish: ListDepositsWish,
): Promise<ListDepositsReport> {
  const { definition } = await knownNetwork(services, wish);
  const { iteration } = iterationNow(definition, services.clock.nowMs());
  const from = wish.from ?? iteration - 1;
  const listed = await listKeys(services, { ...wish, keys: [] });
  const byKey = new Map(listed.keys.map((key) => [key.pubkey, key]));
  const store = new MessageStore(services.paths.keys);
  const sets = wish.keySet === undefined ? await keySetStore(services.paths).sets() : [wish.keySet];
  const latest = new Map<PublicKey, ListedDeposit>();
  for (const keySet of sets) {
    for (const kept of await store.read(keySet)) {
      const { deposit } = kept;
      if (deposit === undefined || kept.network !== definition.name || kept.iteration !== from) continue;
      for (const pubkey of kept.keys) {
        const key = byKey.get(pubkey);
        if (key !== undefined)
          latest.set(pubkey, { keySet, pubkey, iteration: kept.iteration, ...deposit, now: placeOf(key) });
      }
    }
  }
  return { network: definition.name, iteration, from, deposits: [...latest.values()], notes: listed.notes };
}

function placeOf({ thisGenesis, state }: Pick<ListedKey, 'thisGenesis' | 'state'>): DepositPlace {
  if (thisGenesis.included === true) return 'in-genesis';
  if (state !== undefined && state.status !== 'absent') return 'in-state';
  return thisGenesis.included === false ? 'outside' : 'unknown';
}
