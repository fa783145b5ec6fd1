import { join } from 'node:path';
import { type PublicKey, readPublicKey } from './public-key.ts';

/** Where the keys of one set lie: folders 0700, files 0600. */
export interface KeySetPaths {
  /** `keys/<set>` */
  readonly folder: string;
  /** One keystore a key: `<0xpub>.json`. */
  readonly keystores: string;
  /** One password a key, without a line break: `<0xpub>`. */
  readonly secrets: string;
  /** Public keys whose secrets a remote signer has; absent in most sets. */
  readonly remoteKeys: string;
  /** What the keys were told over the keymanager API of their client; absent in most sets. */
  readonly told: string;
}

/** A set's name is a folder's name and a word in `ephemery.yaml`. */
export const keySetNameForm = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** `keysFolder` is `keys/` of the root. */
export function keySetPaths(keysFolder: string, keySet: string): KeySetPaths {
  const folder = join(keysFolder, keySet);
  return {
    folder,
    keystores: join(folder, 'keystores'),
    secrets: join(folder, 'secrets'),
    remoteKeys: join(folder, 'remote-keys.json'),
    told: join(folder, 'told.json'),
  };
}

export function keystoreFile(paths: Pick<KeySetPaths, 'keystores'>, key: PublicKey): string {
  return join(paths.keystores, `${key}.json`);
}

export function secretFile(paths: Pick<KeySetPaths, 'secrets'>, key: PublicKey): string {
  return join(paths.secrets, key);
}

/** The key whose keystore has this file name; undefined for any other file. */
export function keyOfKeystoreFile(name: string): PublicKey | undefined {
  if (!name.startsWith('0x') || !name.endsWith('.json')) return undefined;
  const key = readPublicKey(name.slice(0, -'.json'.length));
  return key !== undefined && name === `${key}.json` ? key : undefined;
}
