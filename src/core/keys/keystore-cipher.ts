import { createCipheriv, createDecipheriv, createHash, pbkdf2, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Secret } from '../../base/secret.ts';
import { keyErrors } from './errors.ts';
import type { KeyDerivation, Keystore } from './keystore.ts';
import { passwordBytes } from './password.ts';
import type { PublicKey } from './public-key.ts';

/** 32 bytes: the decryption key and the key of the checksum. */
export type DerivedKey = Secret<Uint8Array>;

const pbkdf2Async = promisify(pbkdf2);
const scryptAsync = promisify<
  Uint8Array,
  Uint8Array,
  number,
  { N: number; r: number; p: number; maxmem: number },
  Buffer
>(scrypt);

/** Runs on the thread pool of the process: as many at once as it has threads. */
export async function deriveKey(
  password: Secret,
  { derivation, salt, derivedLength }: Pick<Keystore, 'derivation' | 'salt' | 'derivedLength'>,
): Promise<DerivedKey> {
  return new Secret(
    new Uint8Array(await derive(passwordBytes(password.reveal()), { derivation, salt, derivedLength })),
  );
}

function derive(
  password: Uint8Array,
  { derivation, salt, derivedLength }: Pick<Keystore, 'derivation' | 'salt' | 'derivedLength'>,
): Promise<Buffer> {
  if (derivation.function === 'pbkdf2')
    return pbkdf2Async(password, salt, derivation.iterations, derivedLength, 'sha256');
  const { n, r, p } = derivation;
  // OpenSSL counts 128 * r * (n + p + 2) bytes and refuses at its limit.
  return scryptAsync(password, salt, derivedLength, { N: n, r, p, maxmem: 128 * r * (n + p + 2) + 1024 });
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
  const derived = (await deriveKey(password, keystore)).reveal();
  const checksum = checksumOf(derived, keystore.cipherText);
  if (!timingSafeEqual(checksum, keystore.checksum))
    throw keyErrors.create('EPH-KEYS-PASSWORD-WRONG', { file });
  const decipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), keystore.iv);
  return new Secret(new Uint8Array(Buffer.concat([decipher.update(keystore.cipherText), decipher.final()])));
}

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
  const { secretKey, pubkey, path, derivation, salt, iv, uuid, description } = draft;
  const derivedLength = 32;
  const derived = (await deriveKey(password, { derivation, salt, derivedLength })).reveal();
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv);
  const cipherText = new Uint8Array(Buffer.concat([cipher.update(secretKey.reveal()), cipher.final()]));
  const checksum = checksumOf(derived, cipherText);
  const parts = { derivation, salt, derivedLength, checksum, iv, cipherText, pubkey, path, uuid };
  return description === undefined ? parts : { ...parts, description };
}

function checksumOf(derived: Uint8Array, cipherText: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(derived.subarray(16, 32)).update(cipherText).digest());
}
