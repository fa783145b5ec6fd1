import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensureFolder } from '../../base/atomic-files.ts';
import { Secret } from '../../base/secret.ts';
import { keyOfKeystoreFile, keySetPaths, keystoreFile, secretFile } from '../../core/keys/key-set-paths.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { KeyPlacement, StoredKeystore } from '../node-store.ts';
import { inside } from './client-files.ts';
import { type CopiesToTake, safeKeys, takeCopies } from './key-copies.ts';
import { nodeStoreErrors } from './node-store-errors.ts';

interface Surroundings extends Pick<CopiesToTake, 'aside' | 'walletPassword'> {
  readonly keysFolder: string;
}

/**
 * Makes a client's places for keys anew: first all is taken away that an earlier run had, then the keys of its sets
 * are put there. After a kill it is begun again. Gives the folder into which keys of no set were put, if there were any.
 */
export async function placeClientKeys(
  data: string,
  { places, keySets, files }: KeyPlacement,
  { keysFolder, ...around }: Surroundings,
): Promise<string | undefined> {
  const aside = await takeCopies(data, { places, safe: await safeKeys(keysFolder), ...around });
  for (const folder of [...places.folders, ...places.perKey]) await ensureFolder(inside(data, folder));
  for (const keySet of keySets) await placeSet({ data, places, keySet, keysFolder });
  for (const { path, content } of files) await write(inside(data, path), content);
  return aside;
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
