import { randomBytes } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { concat } from './bytes.ts';

/** A key on secp256k1, as nodes have one for their name. Ours are made for one call and forgotten. */
export interface KeyPair {
  readonly secret: Uint8Array;
  /** 33 bytes. */
  readonly compressed: Uint8Array;
  /** X and Y, 64 bytes, without the leading 4. */
  readonly full: Uint8Array;
}

export function newKeyPair(): KeyPair {
  for (;;) {
    const secret = Uint8Array.from(randomBytes(32));
    if (secp256k1.utils.isValidSecretKey(secret)) return keyPairOf(secret);
  }
}

export function keyPairOf(secret: Uint8Array): KeyPair {
  return {
    secret,
    compressed: secp256k1.getPublicKey(secret, true),
    full: secp256k1.getPublicKey(secret, false).slice(1),
  };
}

/** 64 bytes of a key in any form. Throws when it is no point of the curve. */
export function fullKey(key: Uint8Array): Uint8Array {
  const bytes = key.length === 64 ? concat(Uint8Array.of(4), key) : key;
  return secp256k1.Point.fromBytes(bytes).toBytes(false).slice(1);
}

/** The X coordinate of the shared point. */
export function sharedX(secret: Uint8Array, key64: Uint8Array): Uint8Array {
  return secp256k1.getSharedSecret(secret, concat(Uint8Array.of(4), key64), true).slice(1);
}

/** The shared point, compressed. */
export function sharedPoint(secret: Uint8Array, key33: Uint8Array): Uint8Array {
  return secp256k1.getSharedSecret(secret, key33, true);
}

/** r, s and v (0 or 1) over a digest: 65 bytes. */
export function signRecoverable(digest: Uint8Array, secret: Uint8Array): Uint8Array {
  const signed = secp256k1.sign(digest, secret, { prehash: false, format: 'recovered' });
  return concat(signed.slice(1), signed.slice(0, 1));
}

/** The 64-byte key that signed; throws when there is none. */
export function recoverKey(signature65: Uint8Array, digest: Uint8Array): Uint8Array {
  const lead = concat(signature65.slice(64), signature65.slice(0, 64));
  return fullKey(secp256k1.recoverPublicKey(lead, digest, { prehash: false }));
}

/** r and s over a digest: 64 bytes. */
export function signCompact(digest: Uint8Array, secret: Uint8Array): Uint8Array {
  return secp256k1.sign(digest, secret, { prehash: false, format: 'compact' });
}

export function isSignedBy(signature64: Uint8Array, digest: Uint8Array, key33: Uint8Array): boolean {
  return secp256k1.verify(signature64, digest, key33, { prehash: false, format: 'compact' });
}
