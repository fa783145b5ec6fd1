import { PublicKey as BlsPublicKey, SecretKey, Signature, verify } from '@chainsafe/blst';
import { type PublicKey, publicKeyBytes, publicKeyOf } from '../core/keys/public-key.ts';

/** The public key of a secret one, 32 bytes big-endian. Undefined for bytes that are no secret key: zero, or past the order. */
export function publicKeyFor(secretKey: Uint8Array): PublicKey | undefined {
  try {
    return publicKeyOf(SecretKey.fromBytes(secretKey).toPublicKey().toBytes());
  } catch {
    return undefined;
  }
}

/** 96 bytes. */
export function signRoot(secretKey: Uint8Array, root: Uint8Array): Uint8Array {
  return SecretKey.fromBytes(secretKey).sign(root).toBytes();
}

/** False as well for keys and signatures that lie on no curve, or outside of the group. */
export function isSignedBy(pubkey: Uint8Array, root: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(root, BlsPublicKey.fromBytes(pubkey), Signature.fromBytes(signature), true, true);
  } catch {
    return false;
  }
}

/** True for the bytes of a point of the group other than infinity. */
export function isOnCurve(key: PublicKey): boolean {
  try {
    BlsPublicKey.fromBytes(publicKeyBytes(key), true);
    return true;
  } catch {
    return false;
  }
}
