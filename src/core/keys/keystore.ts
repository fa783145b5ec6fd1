import type { PublicKey } from './public-key.ts';

/** How the password becomes the decryption key. */
export type KeyDerivation =
  | { readonly function: 'scrypt'; readonly n: number; readonly r: number; readonly p: number }
  | { readonly function: 'pbkdf2'; readonly iterations: number };

/** A keystore of EIP-2335, version 4, with aes-128-ctr and sha256. */
export interface Keystore {
  readonly derivation: KeyDerivation;
  readonly salt: Uint8Array;
  /** Bytes that the derivation makes; the first 32 are used. */
  readonly derivedLength: number;
  readonly checksum: Uint8Array;
  readonly iv: Uint8Array;
  /** The encrypted secret key, 32 bytes. */
  readonly cipherText: Uint8Array;
  /** What the file claims; proven only once the secret key is known. */
  readonly pubkey?: PublicKey;
  /** EIP-2334; empty when unknown. */
  readonly path: string;
  readonly uuid: string;
  readonly description?: string;
}

/** What the EIP's own vectors and the public deposit tool use. */
export const usualScrypt: KeyDerivation = { function: 'scrypt', n: 262_144, r: 8, p: 1 };
export const usualPbkdf2: KeyDerivation = { function: 'pbkdf2', iterations: 262_144 };

/** The file's content. */
export function keystoreText(keystore: Keystore): string {
  return `${JSON.stringify(keystoreJson(keystore), undefined, 2)}\n`;
}

function keystoreJson(keystore: Keystore) {
  const { derivation, pubkey, description } = keystore;
  return {
    crypto: {
      kdf: { function: derivation.function, params: derivationParameters(keystore), message: '' },
      checksum: { function: 'sha256', params: {}, message: hex(keystore.checksum) },
      cipher: {
        function: 'aes-128-ctr',
        params: { iv: hex(keystore.iv) },
        message: hex(keystore.cipherText),
      },
    },
    ...(description === undefined ? {} : { description }),
    ...(pubkey === undefined ? {} : { pubkey: pubkey.slice(2) }),
    path: keystore.path,
    uuid: keystore.uuid,
    version: 4,
  };
}

function derivationParameters({ derivation, derivedLength, salt }: Keystore) {
  if (derivation.function === 'pbkdf2')
    return { dklen: derivedLength, c: derivation.iterations, prf: 'hmac-sha256', salt: hex(salt) };
  const { n, r, p } = derivation;
  return { dklen: derivedLength, n, r, p, salt: hex(salt) };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
