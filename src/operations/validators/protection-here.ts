import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { carriedName, storeMarkerName } from '../../storage/files/protection-names.ts';
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
