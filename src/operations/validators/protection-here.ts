import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningPeriod, SigningProtection } from '../../core/keys/ownership.ts';
import type { ProtectionStore } from '../../core/node/observed.ts';
import { latestFirst } from '../../core/node/protection-choice.ts';
import {
  carriedName,
  signerProtectionBeside,
  storeMarkerName,
} from '../../storage/files/protection-names.ts';
import type { NodeStore } from '../../storage/node-store.ts';

/**
 * Whether a node has slashing protection of this network that a client wrote into, or that was carried over. A store
 * that was only just opened remembers nothing: who signed before it is not known from it.
 */
export async function remembers(
  store: Pick<NodeStore, 'protection' | 'protectionPath'>,
  genesisValidatorsRoot: string,
): Promise<boolean> {
  const { stores } = await store.protection();
  for (const each of stores.filter((one) => one.genesisValidatorsRoot === genesisValidatorsRoot)) {
    const path = store.protectionPath(each);
    if ((await isCarried(join(path, carriedName))) || (await newestIn(path)) !== undefined) return true;
  }
  return false;
}

export type ProtectionStores = Pick<NodeStore, 'protection' | 'protectionPath'>;

/** The newest store of a network: the one that a client which starts now writes into. */
export async function newestStore(
  store: Pick<NodeStore, 'protection'>,
  genesisValidatorsRoot: string,
): Promise<ProtectionStore | undefined> {
  const [newest] = (await storesOf(store, genesisValidatorsRoot)).toSorted(latestFirst);
  return newest;
}

/** Which protection belongs to signing that begins now. */
export async function protectionNow(
  store: ProtectionStores,
  node: string,
  genesisValidatorsRoot: string,
): Promise<{ readonly protection?: SigningProtection }> {
  const newest = await newestStore(store, genesisValidatorsRoot);
  const openedAtMs = newest === undefined ? undefined : await openedAt(store, newest);
  if (newest === undefined || openedAtMs === undefined) return {};
  return { protection: { node, store: storeName(newest), openedAtMs } };
}

/** The same once signing has ended. */
export async function protectionAtEnd(
  store: ProtectionStores,
  { genesisValidatorsRoot, protection }: SigningPeriod,
): Promise<{ readonly protection?: SigningProtection }> {
  if (protection === undefined) return {};
  const own = await storeOf(store, genesisValidatorsRoot, protection);
  const writtenAtMs = own === undefined ? undefined : await writtenAt(store, own);
  return { protection: { ...protection, ...(writtenAtMs === undefined ? {} : { writtenAtMs }) } };
}

/**
 * Whether the protection that belongs to a record of signing is here whole, and at least as new as the record: then
 * nothing was signed that it does not know. A part that was lost and came back older does not vouch for it.
 */
export async function vouches(
  store: ProtectionStores,
  node: string,
  signed: SigningPeriod,
): Promise<boolean> {
  const { genesisValidatorsRoot, protection } = signed;
  // A record of an earlier version does not say.
  if (protection === undefined) return remembers(store, genesisValidatorsRoot);
  if (protection.node !== node) return wasHandedOver(store, signed);
  const own = await storeOf(store, genesisValidatorsRoot, protection);
  const writtenAtMs = own === undefined ? undefined : await writtenAt(store, own);
  return writtenAtMs !== undefined && writtenAtMs >= (protection.writtenAtMs ?? signed.startedAtMs);
}

/** Another node's signatures are known here from a store that was opened with them, after that had ended. */
async function wasHandedOver(
  store: ProtectionStores,
  { genesisValidatorsRoot, endedAtMs }: SigningPeriod,
): Promise<boolean> {
  if (endedAtMs === undefined) return false;
  for (const each of await storesOf(store, genesisValidatorsRoot)) {
    const path = store.protectionPath(each);
    if (((await openedAt(store, each)) ?? 0) >= endedAtMs && (await isCarried(join(path, carriedName))))
      return true;
  }
  return false;
}

/** When a client, or a signer for it, wrote what it signed last; whole milliseconds. */
async function writtenAt(store: ProtectionStores, own: ProtectionStore): Promise<number | undefined> {
  const path = store.protectionPath(own);
  const signer = await stat(signerProtectionBeside(path)).catch(() => undefined);
  const client = await newestIn(path);
  if (signer === undefined && client === undefined) return undefined;
  return Math.floor(Math.max(signer?.mtimeMs ?? 0, client ?? 0));
}

/** The very store that a record is about. */
async function storeOf(
  store: ProtectionStores,
  genesisValidatorsRoot: string,
  protection: SigningProtection,
): Promise<ProtectionStore | undefined> {
  const stores = await storesOf(store, genesisValidatorsRoot);
  const found = stores.find((each) => storeName(each) === protection.store);
  if (found === undefined || (await openedAt(store, found)) !== protection.openedAtMs) return undefined;
  return found;
}

/** Its marker is written as the last thing of its opening, and never again. */
async function openedAt(store: ProtectionStores, each: ProtectionStore): Promise<number | undefined> {
  const marker = join(store.protectionPath(each), storeMarkerName);
  return stat(marker).then(
    ({ mtimeMs }) => Math.floor(mtimeMs),
    () => undefined,
  );
}

async function storesOf(store: Pick<NodeStore, 'protection'>, genesisValidatorsRoot: string) {
  const { stores } = await store.protection();
  return stores.filter((each) => each.genesisValidatorsRoot === genesisValidatorsRoot);
}

function storeName({ client, number }: ProtectionStore): string {
  return `${client}-${number}`;
}

/** An interchange of no keys is smaller. */
const emptyBytes = 1_024;

/** A new store is given the history of all earlier ones: of none it is an interchange without keys. */
async function isCarried(file: string): Promise<boolean> {
  const size = await stat(file).then(
    (seen) => seen.size,
    () => 0,
  );
  if (size === 0 || size > emptyBytes) return size > 0;
  const { data } = JSON.parse(await readFile(file, 'utf8')) as { data?: unknown };
  return Array.isArray(data) && data.length > 0;
}

const mostFiles = 20_000;

/** The last change of a file of the client's in a store, milliseconds; undefined when there is none. */
export async function newestIn(folder: string): Promise<number | undefined> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  let newest: number | undefined;
  for (const entry of entries.slice(0, mostFiles)) {
    if (!entry.isFile() || entry.name === carriedName || entry.name === storeMarkerName) continue;
    const seen = await stat(join(entry.parentPath, entry.name)).catch(() => undefined);
    if (seen !== undefined) newest = Math.max(newest ?? 0, seen.mtimeMs);
  }
  return newest;
}
