import { keyOfKeystoreFile } from '../keys/key-set-paths.ts';
import type { PublicKey } from '../keys/public-key.ts';
import type { BackupManifest } from './manifest.ts';

/** What restoring a key set would change. */
export interface KeySetDifference {
  readonly keySet: string;
  /** In the backup and not here. */
  readonly added: readonly PublicKey[];
  /** In both. */
  readonly same: readonly PublicKey[];
  /** Here and not in the backup: these would go, so it is refused unless it is asked for by name. */
  readonly lost: readonly PublicKey[];
}

const keystorePath = /^keys\/([^/]+)\/keystores\/([^/]+)$/;

/** Which key the keystore of a path in a backup is of; undefined for other files. */
export function keyAt(path: string): { readonly keySet: string; readonly key: PublicKey } | undefined {
  const [, keySet = '', file = ''] = keystorePath.exec(path) ?? [];
  const key = keyOfKeystoreFile(file);
  return key === undefined ? undefined : { keySet, key };
}

/** The keys of each set in a backup, by the names of its keystores. */
export function keysIn(manifest: BackupManifest): ReadonlyMap<string, readonly PublicKey[]> {
  const sets = new Map<string, PublicKey[]>();
  for (const { path } of manifest.entries) {
    const at = keyAt(path);
    if (at === undefined) continue;
    sets.set(at.keySet, [...(sets.get(at.keySet) ?? []), at.key]);
  }
  return sets;
}

/** Compares a set in a backup with the same set here. */
export function differenceOf(
  keySet: string,
  backedUp: readonly PublicKey[],
  here: readonly PublicKey[],
): KeySetDifference {
  return {
    keySet,
    added: backedUp.filter((key) => !here.includes(key)),
    same: backedUp.filter((key) => here.includes(key)),
    lost: here.filter((key) => !backedUp.includes(key)),
  };
}
