import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureFolder } from '../../base/atomic-files.ts';
import { Secret } from '../../base/secret.ts';
import { keyOfKeystoreFile, keySetPaths, keystoreFile, secretFile } from '../../core/keys/key-set-paths.ts';
import { type PublicKey, readPublicKey } from '../../core/keys/public-key.ts';
import type { KeyPlacement, StoredKeystore } from '../node-store.ts';
import { inside } from './client-files.ts';
import { nodeStoreErrors } from './node-store-errors.ts';

/**
 * Makes a client's places for keys anew: first all is taken away that an earlier run had, then the keys of its sets
 * are put there. After a kill it is begun again. Slashing protection is in none of these places.
 */
export async function placeClientKeys(
  data: string,
  { places, keySets, files }: KeyPlacement,
  keysFolder: string,
): Promise<void> {
  for (const path of [...places.folders, ...places.gone])
    await rm(inside(data, path), { recursive: true, force: true });
  for (const folder of places.perKey) await removeKeyFolders(inside(data, folder));
  for (const folder of [...places.folders, ...places.perKey]) await ensureFolder(inside(data, folder));
  for (const keySet of keySets) await placeSet({ data, places, keySet, keysFolder });
  for (const { path, content } of files) await write(inside(data, path), content);
}

/** A folder named after a key, and nothing else. */
async function removeKeyFolders(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  for (const { name } of entries) {
    if (readPublicKey(name) !== undefined) await rm(join(folder, name), { recursive: true, force: true });
  }
}

interface SetToPlace {
  readonly data: string;
  readonly places: KeyPlacement['places'];
  readonly keySet: string;
  readonly keysFolder: string;
}

async function placeSet({ data, places: { place }, keySet, keysFolder }: SetToPlace): Promise<void> {
  if (place === undefined) return;
  const paths = keySetPaths(keysFolder, keySet);
  const keys = (await readdir(paths.keystores)).flatMap((name) => keyOfKeystoreFile(name) ?? []);
  for (const key of keys) {
    const password = await passwordIn(secretFile(paths, key));
    await write(inside(data, place.password(key)), password);
    await write(inside(data, place.keystore(key)), await readFile(keystoreFile(paths, key)));
  }
}

async function passwordIn(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw nodeStoreErrors.create('EPH-STORE-PASSWORD-MISSING', { file }, cause);
  });
}

/** Not flushed: what a power cut leaves of it is taken away at the next start. */
async function write(path: string, content: string | Uint8Array): Promise<void> {
  await ensureFolder(dirname(path));
  await writeFile(path, content, { mode: 0o600 });
}

/** Keystores of a set with their passwords. Throws EPH-STORE-PASSWORD-MISSING. */
export async function openKeystores(
  keysFolder: string,
  keySet: string,
  keys: readonly PublicKey[],
): Promise<readonly StoredKeystore[]> {
  const paths = keySetPaths(keysFolder, keySet);
  const opened: StoredKeystore[] = [];
  for (const key of keys) {
    const password = new Secret((await passwordIn(secretFile(paths, key))).toString('utf8'));
    opened.push({ key, keystore: await readFile(keystoreFile(paths, key), 'utf8'), password });
  }
  return opened;
}
