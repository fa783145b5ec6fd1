import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '../../src/base/secret.ts';
import { keystoreText } from '../../src/core/keys/keystore.ts';
import { sealKeystore } from '../../src/core/keys/keystore-cipher.ts';
import { publicKeyOf } from '../../src/core/keys/public-key.ts';
import type { ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';

const password = 'a password that guards nothing';

/** Writes `keystores/keystore-<n>.json` and `password.txt`, as a deposit tool would, quick to open. */
export async function writeKeystores(folder: string, keys: readonly ValidatorKey[]): Promise<void> {
  await mkdir(join(folder, 'keystores'), { recursive: true });
  await writeFile(join(folder, 'password.txt'), password);
  for (const [index, key] of keys.entries()) {
    await writeFile(join(folder, 'keystores', `keystore-${index}.json`), await keystoreOf(key));
  }
}

async function keystoreOf(key: ValidatorKey): Promise<string> {
  const sealed = await sealKeystore(
    {
      secretKey: new Secret(key.secretKey.toBytes()),
      pubkey: publicKeyOf(key.pubkey),
      path: 'm/12381/3600/0/0/0',
      derivation: { function: 'pbkdf2', iterations: 2 },
      salt: key.pubkey.subarray(0, 32),
      iv: key.pubkey.subarray(0, 16),
      uuid: crypto.randomUUID(),
    },
    new Secret(password),
  );
  return keystoreText(sealed);
}
