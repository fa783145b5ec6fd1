import { readdir, readFile } from 'node:fs/promises';
import { ensureFolder } from '../../base/atomic-files.ts';
import { isEphemeryError } from '../../base/errors.ts';
import { keyOfKeystoreFile, keySetPaths } from '../../core/keys/key-set-paths.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { readRemoteKeys } from '../../core/keys/remote-keys.ts';

/** The keys of one set, by where their secrets are. */
export interface HeldKeys {
  /** By the names of their keystores. */
  readonly local: readonly PublicKey[];
  /** A remote signer has them. */
  readonly remote: readonly PublicKey[];
}

/**
 * The sets of a `keys/` folder that have keys. Throws EPH-KEYS-REMOTE-LIST; of the sets of `mended` a list that cannot be
 * read counts for nothing, because it is about to be replaced.
 */
export async function heldKeys(
  folder: string,
  mended: readonly string[] = [],
): Promise<ReadonlyMap<string, HeldKeys>> {
  const sets = new Map<string, HeldKeys>();
  for (const keySet of await readdir(folder).catch(() => [])) {
    if (keySet.startsWith('.')) continue;
    const { keystores } = keySetPaths(folder, keySet);
    const names = await readdir(keystores).catch(() => []);
    const local = names.flatMap((name) => keyOfKeystoreFile(name) ?? []);
    const remote = await remoteKeysOf(folder, keySet, mended.includes(keySet));
    if (local.length + remote.length > 0) sets.set(keySet, { local, remote });
  }
  return sets;
}

async function remoteKeysOf(
  folder: string,
  keySet: string,
  isMended: boolean,
): Promise<readonly PublicKey[]> {
  const file = keySetPaths(folder, keySet).remoteKeys;
  const content = await readFile(file, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR') return undefined;
    throw thrown;
  });
  if (content === undefined) return [];
  try {
    return readRemoteKeys(file, content);
  } catch (thrown) {
    if (isMended && isEphemeryError(thrown, 'EPH-KEYS-REMOTE-LIST')) return [];
    throw thrown;
  }
}

/** A backup knows no empty folders, and a set without them cannot be read. */
export async function completeSets(folder: string, keySets: readonly string[]): Promise<void> {
  for (const keySet of keySets) {
    const { keystores, secrets } = keySetPaths(folder, keySet);
    await ensureFolder(keystores);
    await ensureFolder(secrets);
  }
}

export function allOf({ local, remote }: HeldKeys): readonly PublicKey[] {
  return [...new Set([...local, ...remote])];
}
