import { createHash } from 'node:crypto';
import { SecretKey } from '@chainsafe/blst';

/** A validator's key pair; `scalar` is the secret key as a number, for summing. */
export interface ValidatorKey {
  readonly scalar: bigint;
  readonly secretKey: SecretKey;
  /** 48 bytes, compressed. */
  readonly pubkey: Uint8Array;
}

/**
 * The validators of a simulated network: key i is KeyGen (RFC draft-irtf-cfrg-bls-signature, 2.3) over
 * sha256(`<seed>|<i>`). The same seed gives the same keys for ever; a longer count only appends.
 */
export function deriveValidatorKeys(seed: string, count: number): ValidatorKey[] {
  return Array.from({ length: count }, (_, index) => deriveValidatorKey(seed, index));
}

function deriveValidatorKey(seed: string, index: number): ValidatorKey {
  const secretKey = SecretKey.fromKeygen(createHash('sha256').update(`${seed}|${index}`).digest());
  return {
    scalar: BigInt(`0x${Buffer.from(secretKey.toBytes()).toString('hex')}`),
    secretKey,
    pubkey: secretKey.toPublicKey().toBytes(),
  };
}
