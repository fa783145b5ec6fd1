import { gvr8 } from '../network/identity.ts';
import type { JournalState } from './journal-state.ts';
import type { DamagedStore, ObservedNode, ProtectionInventory, ProtectionStore } from './observed.ts';

/** Where a validator client's slashing protection is. */
export type ProtectionChoice =
  /** The last store of the root is this client's own. */
  | { readonly kind: 'ready'; readonly store: ProtectionStore }
  /** There is none of the root yet, or the last is another client's: a new one after it. */
  | { readonly kind: 'new'; readonly store: ProtectionStore }
  /** There is, or was, one of which nothing can be told: no other may be opened as if there were no history. */
  | { readonly kind: 'damaged'; readonly damaged: DamagedStore }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The client name of a store that no client made: what a person or another node gave is all there is in it. */
export const givenStore = 'given';

/**
 * The latest first. Of two with one number the given one: it came while the other was being opened, which does not have
 * its history.
 */
export function latestFirst(a: ProtectionStore, b: ProtectionStore): number {
  return b.number - a.number || Number(b.client === givenStore) - Number(a.client === givenStore);
}

/** The name under which a run of a validator client records its protection store. */
export function protectionFolder(store: ProtectionStore): string {
  return `${gvr8(store.genesisValidatorsRoot)}/${store.client}-${store.number}`;
}

/** Whose store it is, by its name. */
export function clientOfStore(folder: string): string {
  return folder.slice(folder.indexOf('/') + 1, folder.lastIndexOf('-'));
}

/** The store that `client` needs under a validators root. */
export function chooseProtection(
  { protection, journal }: Pick<ObservedNode, 'protection' | 'journal'>,
  want: { readonly genesisValidatorsRoot: string; readonly client: string },
): ProtectionChoice {
  if (!protection.known) return { kind: 'unknown', reason: protection.reason };
  const { genesisValidatorsRoot, client } = want;
  const last = lastStore(protection.value.stores, genesisValidatorsRoot);
  const damaged = [...protection.value.damaged, ...lostStores(protection.value, journal)]
    .filter(({ folder }) => folder.startsWith(`${gvr8(genesisValidatorsRoot)}/`))
    .toSorted((a, b) => b.number - a.number)[0];
  const isReady = last?.client === client;
  // The last store has all earlier history in it: one before it is not needed for as long as the last is used.
  if (damaged !== undefined && !(isReady && damaged.number < last.number))
    return { kind: 'damaged', damaged };
  if (isReady) return { kind: 'ready', store: last };
  return { kind: 'new', store: { genesisValidatorsRoot, client, number: (last?.number ?? 0) + 1 } };
}

/** Stores on which a validator client was started, and that are not there any more. */
function lostStores(
  { stores, damaged }: ProtectionInventory,
  journal: JournalState,
): readonly DamagedStore[] {
  const there = [...stores.map(protectionFolder), ...damaged.map(({ folder }) => folder)];
  return (journal.protectionUsed ?? [])
    .filter((folder) => !there.includes(folder))
    .map((folder) => ({
      folder,
      number: Number(folder.slice(folder.lastIndexOf('-') + 1)),
      reason: 'it is gone, and the validator client ran on it',
    }));
}

/** The store in use under a validators root: the one with the highest number. */
function lastStore(
  stores: readonly ProtectionStore[],
  genesisValidatorsRoot: string,
): ProtectionStore | undefined {
  const root = genesisValidatorsRoot.toLowerCase();
  return stores
    .filter((store) => store.genesisValidatorsRoot.toLowerCase() === root)
    .toSorted(latestFirst)[0];
}
