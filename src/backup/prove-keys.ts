import { readFile } from 'node:fs/promises';
import { messageOf } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { keySetPaths, keystoreFile, secretFile } from '../core/keys/key-set-paths.ts';
import { openKeystore } from '../core/keys/keystore-cipher.ts';
import { parseKeystore } from '../core/keys/parse-keystore.ts';
import type { PublicKey } from '../core/keys/public-key.ts';
import { backupErrors } from './errors.ts';

export interface ProveKeysOptions {
  readonly backup: string;
  /** The `keys/` folder that the backup was laid out in. */
  readonly keysFolder: string;
  readonly keys: ReadonlyMap<string, readonly PublicKey[]>;
  /** The public key of a secret key, 32 bytes. */
  readonly publicKeyOf: (secretKey: Secret<Uint8Array>) => Promise<PublicKey>;
  readonly onProgress?: (done: number, all: number) => void;
  readonly signal?: AbortSignal;
}

/** As many at once as the process's thread pool derives. */
const atOnce = 4;

/**
 * Opens every keystore with the secret beside it and holds its key against its name.
 * Throws EPH-BACKUP-KEY-UNPROVEN for the first that fails.
 */
export async function proveKeys(options: ProveKeysOptions): Promise<number> {
  const { keys, signal, onProgress } = options;
  const all = [...keys].flatMap(([keySet, own]) => own.map((key) => ({ keySet, key })));
  let done = 0;
  const next = all[Symbol.iterator]();
  const work = async () => {
    for (const one of next) {
      signal?.throwIfAborted();
      await prove(one.keySet, one.key, options);
      done += 1;
      onProgress?.(done, all.length);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return all.length;
}

async function prove(keySet: string, key: PublicKey, options: ProveKeysOptions): Promise<void> {
  const paths = keySetPaths(options.keysFolder, keySet);
  try {
    const file = keystoreFile(paths, key);
    const keystore = parseKeystore(file, await readFile(file, 'utf8'));
    const password = new Secret(await passwordIn(secretFile(paths, key)));
    const proven = await options.publicKeyOf(await openKeystore(file, keystore, password));
    if (proven !== key) throw new TypeError(`it is the keystore of ${proven}`);
  } catch (cause) {
    const facts = { backup: options.backup, keySet, key, reason: messageOf(cause) };
    throw backupErrors.create('EPH-BACKUP-KEY-UNPROVEN', facts, cause);
  }
}

async function passwordIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new TypeError('its password does not lie beside it', { cause });
  }
}
