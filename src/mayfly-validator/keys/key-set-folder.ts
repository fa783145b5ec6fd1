import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import {
  type KeySetPaths,
  keyOfKeystoreFile,
  keystoreFile,
  secretFile,
} from '../../core/keys/key-set-paths.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { mayflyValidatorErrors } from '../errors.ts';
import { openSigningKey, type SigningKey } from './signing-key.ts';

/** The places in a key set's folder: `keystores/<0xpub>.json` and `secrets/<0xpub>`. */
export function keySetFolder(folder: string): KeySetPaths {
  return { folder, keystores: join(folder, 'keystores'), secrets: join(folder, 'secrets') };
}

/**
 * Opens the keys of a set but those that are to be left out. As many key derivations run at once as the process has threads for
 * them; the first failure is thrown, as a client that silently leaves keys out is worse than none.
 * @throws EPH-MAYFLY-VALIDATOR-KEY-FILE, EPH-KEYS-*
 */
export async function openKeySet(
  folder: string,
  isWanted: (key: PublicKey) => boolean,
): Promise<readonly SigningKey[]> {
  const paths = keySetFolder(folder);
  const names = await readdir(paths.keystores).catch((cause: unknown) => {
    throw unusable(paths.keystores, cause);
  });
  const wanted = names.map(keyOfKeystoreFile).filter((key) => key !== undefined && isWanted(key));
  return Promise.all((wanted as PublicKey[]).map((key) => openKey(paths, key)));
}

async function openKey(paths: KeySetPaths, key: PublicKey): Promise<SigningKey> {
  const file = keystoreFile(paths, key);
  const [text, password] = await Promise.all([readText(file), readText(secretFile(paths, key))]);
  // A password file made by hand ends with a line break.
  const opened = await openSigningKey(file, text, new Secret(password.replace(/\r?\n$/, '')));
  if (opened.publicKey === key) return opened;
  throw unusable(file, new Error('it holds another key than its name says'));
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): Error {
  const reason = messageOf(cause);
  return mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-KEY-FILE', { path, reason }, cause);
}
