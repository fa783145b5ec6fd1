import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secret } from '../../src/base/secret.ts';
import { keystoreText } from '../../src/core/keys/keystore.ts';
import { sealKeystore } from '../../src/core/keys/keystore-cipher.ts';
import { publicKeyOf } from '../../src/core/keys/public-key.ts';
import { deriveValidatorKeys, type ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';

export interface SealedKey {
  readonly pubkey: `0x${string}`;
  readonly keystore: string;
  readonly password: string;
}

/** Key pairs that are the same in every run. */
export function testKeys(seed: string, count: number): ValidatorKey[] {
  return deriveValidatorKeys(seed, count);
}

/** A keystore of a key, with a key derivation that is quick and guards nothing. */
export async function sealKey(key: ValidatorKey): Promise<SealedKey> {
  const pubkey = publicKeyOf(key.pubkey);
  const password = `password of ${pubkey.slice(0, 10)}`;
  const sealed = await sealKeystore(
    {
      secretKey: new Secret(key.secretKey.toBytes()),
      pubkey,
      path: 'm/12381/3600/0/0/0',
      derivation: { function: 'pbkdf2', iterations: 2 },
      salt: key.pubkey.subarray(0, 32),
      iv: key.pubkey.subarray(0, 16),
      uuid: '00000000-0000-4000-8000-000000000000',
    },
    new Secret(password),
  );
  return { pubkey, keystore: keystoreText(sealed), password };
}

/** A key set as it lies on the disk: keystores/<0xpub>.json and secrets/<0xpub>. */
export async function writeKeySet(folder: string, keys: readonly ValidatorKey[]): Promise<string> {
  for (const part of ['keystores', 'secrets']) await mkdir(join(folder, part), { recursive: true });
  for (const key of keys) {
    const { pubkey, keystore, password } = await sealKey(key);
    await writeFile(join(folder, 'keystores', `${pubkey}.json`), keystore);
    await writeFile(join(folder, 'secrets', pubkey), password, { mode: 0o600 });
  }
  return folder;
}
