import {
  createCipheriv,
  createDecipheriv,
  createHash,
  pbkdf2,
  pbkdf2Sync,
  type ScryptOptions,
  scrypt,
  scryptSync,
  timingSafeEqual,
} from 'node:crypto';
import { promisify } from 'node:util';
import { Secret } from '../../base/secret.ts';
import { keyErrors } from './errors.ts';
import type { KeyDerivation, Keystore } from './keystore.ts';
import { passwordBytes } from './password.ts';
import type { PublicKey } from './public-key.ts';

/** 32 bytes: the decryption key and the key of the checksum. */
export type DerivedKey = Secret<Uint8Array>;

const pbkdf2Async = promisify(pbkdf2);
const scryptAsync = promisify<Uint8Array, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

/** What the derivation takes of a keystore. */
export type DerivationInput = Pick<Keystore, 'derivation' | 'salt' | 'derivedLength'>;

/** Runs on the thread pool of the process: as many at once as it has threads. */
export async function deriveKey(password: Secret, input: DerivationInput): Promise<DerivedKey> {
  const { derivation, salt, derivedLength } = input;
  const bytes = passwordBytes(password.reveal());
  return keyOf(
    derivation.function === 'pbkdf2'
      ? await pbkdf2Async(bytes, salt, derivation.iterations, derivedLength, 'sha256')
      : await scryptAsync(bytes, salt, derivedLength, scryptOptions(derivation)),
  );
}

/** The same on this thread, which must be one that may be held up for a second. */
export function deriveKeySync(password: Secret, input: DerivationInput): DerivedKey {
  const { derivation, salt, derivedLength } = input;
  const bytes = passwordBytes(password.reveal());
  return keyOf(
    derivation.function === 'pbkdf2'
      ? pbkdf2Sync(bytes, salt, derivation.iterations, derivedLength, 'sha256')
      : scryptSync(bytes, salt, derivedLength, scryptOptions(derivation)),
  );
}

function keyOf(derived: Buffer): DerivedKey {
  return new Secret(new Uint8Array(derived));
}

function scryptOptions({ n, r, p }: Extract<KeyDerivation, { readonly function: 'scrypt' }>): ScryptOptions {
  // OpenSSL counts 128 * r * (n + p + 2) bytes and refuses at its limit.
  return { N: n, r, p, maxmem: 128 * r * (n + p + 2) + 1024 };
}

/**
 * The secret key, 32 bytes. That it belongs to the public key is still to be proven.
 * Throws EPH-KEYS-PASSWORD-WRONG when the checksum says so; `file` is for the error alone.
 */
export async function openKeystore(
  file: string,
  keystore: Keystore,
  password: Secret,
): Promise<Secret<Uint8Array>> {
  return openWith(file, keystore, await deriveKey(password, keystore));
}

/** What the key opens. Throws EPH-KEYS-PASSWORD-WRONG. */
export function openWith(file: string, sealed: Sealed, derived: DerivedKey): Secret<Uint8Array> {
  const key = derived.reveal();
  if (!timingSafeEqual(checksumOf(key, sealed.cipherText), sealed.checksum))
    throw keyErrors.create('EPH-KEYS-PASSWORD-WRONG', { file });
  const decipher = createDecipheriv('aes-128-ctr', key.subarray(0, 16), sealed.iv);
  return new Secret(new Uint8Array(Buffer.concat([decipher.update(sealed.cipherText), decipher.final()])));
}

type Sealed = Pick<Keystore, 'cipherText' | 'checksum' | 'iv'>;

export interface KeystoreDraft {
  readonly secretKey: Secret<Uint8Array>;
  readonly pubkey: PublicKey;
  /** EIP-2334; empty when unknown. */
  readonly path: string;
  readonly derivation: KeyDerivation;
  /** 32 bytes, never used before. */
  readonly salt: Uint8Array;
  /** 16 bytes, never used before. */
  readonly iv: Uint8Array;
  readonly uuid: string;
  readonly description?: string;
}

/** Locks a secret key under a password. */
export async function sealKeystore(draft: KeystoreDraft, password: Secret): Promise<Keystore> {
  return sealWith(draft, await deriveKey(password, { ...draft, derivedLength }));
}

/** Locks it under the key that was derived with the salt of the draft. */
export function sealWith({ secretKey, ...draft }: KeystoreDraft, derived: DerivedKey): Keystore {
  const key = derived.reveal();
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), draft.iv);
  const cipherText = new Uint8Array(Buffer.concat([cipher.update(secretKey.reveal()), cipher.final()]));
  return { ...draft, derivedLength, cipherText, checksum: checksumOf(key, cipherText) };
}

const derivedLength = 32;

function checksumOf(derived: Uint8Array, cipherText: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(derived.subarray(16, 32)).update(cipherText).digest());
}
