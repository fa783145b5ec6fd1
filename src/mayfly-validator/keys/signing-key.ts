import { SecretKey } from '@chainsafe/blst';
import { messageOf } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { openKeystore } from '../../core/keys/keystore-cipher.ts';
import { parseKeystore } from '../../core/keys/parse-keystore.ts';
import { type PublicKey, publicKeyOf } from '../../core/keys/public-key.ts';
import { mayflyValidatorErrors } from '../errors.ts';

/** An opened validator key. The secret never leaves it. */
export class SigningKey {
  readonly publicKey: PublicKey;
  readonly derivationPath: string;
  readonly #secret: SecretKey;

  constructor(secret: SecretKey, derivationPath: string) {
    this.#secret = secret;
    this.publicKey = publicKeyOf(secret.toPublicKey().toBytes());
    this.derivationPath = derivationPath;
  }

  /** 96 bytes. Whether this may be signed is for others to know: see signer.ts. */
  sign(signingRoot: Uint8Array): Uint8Array {
    return this.#secret.sign(signingRoot).toBytes();
  }

  toJSON(): string {
    return this.publicKey;
  }
}

/**
 * Opens a keystore and proves that it holds the key that it claims. `file` is for errors alone.
 * @throws EPH-KEYS-KEYSTORE-INVALID, EPH-KEYS-PASSWORD-WRONG, EPH-MAYFLY-VALIDATOR-KEY-FILE
 */
export async function openSigningKey(file: string, text: string, password: Secret): Promise<SigningKey> {
  const keystore = parseKeystore(file, text);
  const secret = await openKeystore(file, keystore, password);
  const key = new SigningKey(parseSecret(file, secret), keystore.path);
  if (keystore.pubkey === undefined || keystore.pubkey === key.publicKey) return key;
  throw unusable(file, 'it holds another key than it says');
}

function parseSecret(file: string, secret: Secret<Uint8Array>): SecretKey {
  try {
    return SecretKey.fromBytes(secret.reveal());
  } catch (cause) {
    throw unusable(file, messageOf(cause));
  }
}

function unusable(path: string, reason: string): Error {
  return mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-KEY-FILE', { path, reason });
}
