import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SecretKey } from '@chainsafe/blst';
import { Secret } from '../../src/base/secret.ts';
import { keySetPaths, keystoreFile, secretFile } from '../../src/core/keys/key-set-paths.ts';
import { keystoreText } from '../../src/core/keys/keystore.ts';
import { sealKeystore } from '../../src/core/keys/keystore-cipher.ts';
import { type PublicKey, publicKeyOf } from '../../src/core/keys/public-key.ts';

/** Writes real keystores, quick to open, with their secrets into `keys/<set>` of a root. */
export async function writeKeySet(
  root: string,
  keySet: string,
  seeds: readonly number[],
): Promise<readonly PublicKey[]> {
  const paths = keySetPaths(join(root, 'keys'), keySet);
  await mkdir(paths.keystores, { recursive: true, mode: 0o700 });
  await mkdir(paths.secrets, { recursive: true, mode: 0o700 });
  return Promise.all(
    seeds.map(async (seed) => {
      const secretKey = secretKeyOf(seed);
      const key = publicKeyOfSeed(seed);
      const password = `password of ${seed}`;
      const keystore = await sealKeystore(
        {
          secretKey: new Secret(secretKey.toBytes()),
          pubkey: key,
          path: '',
          derivation: { function: 'pbkdf2', iterations: 2 },
          salt: new Uint8Array(32).fill(seed),
          iv: new Uint8Array(16).fill(seed),
          uuid: `00000000-0000-4000-8000-0000000000${seed.toString(16).padStart(2, '0')}`,
        },
        new Secret(password),
      );
      await writeFile(keystoreFile(paths, key), keystoreText(keystore), { mode: 0o600 });
      await writeFile(secretFile(paths, key), password, { mode: 0o600 });
      return key;
    }),
  );
}

/** The key that `writeKeySet` writes for a seed. */
export function publicKeyOfSeed(seed: number): PublicKey {
  return publicKeyOf(secretKeyOf(seed).toPublicKey().toBytes());
}

function secretKeyOf(seed: number): SecretKey {
  return SecretKey.fromKeygen(new Uint8Array(32).fill(seed));
}
