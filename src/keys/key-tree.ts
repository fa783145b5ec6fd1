import { SecretKey } from '@chainsafe/blst';
import { type KeySteps, signingPath, withdrawalPath } from '../core/keys/key-path.ts';

/** The secret key at a path below the seed, 32 bytes. Source: EIP-2333. */
export function secretKeyAt(seed: Uint8Array, steps: KeySteps): Uint8Array {
  return descend(SecretKey.deriveMasterEip2333(seed), steps).toBytes();
}

export interface ValidatorSecrets {
  readonly index: number;
  readonly signing: Uint8Array;
  /** Of 0x00 credentials. */
  readonly withdrawal: Uint8Array;
}

/** The keys of some validators of one seed; steps that they share are made once. */
export function validatorSecrets(seed: Uint8Array, indices: readonly number[]): ValidatorSecrets[] {
  const shared = withdrawalPath(0).slice(0, -2);
  const parent = descend(SecretKey.deriveMasterEip2333(seed), shared);
  return indices.map((index) => {
    const withdrawal = descend(parent, withdrawalPath(index).slice(shared.length));
    const signing = descend(withdrawal, signingPath(index).slice(withdrawalPath(index).length));
    return { index, signing: signing.toBytes(), withdrawal: withdrawal.toBytes() };
  });
}

function descend(from: SecretKey, steps: KeySteps): SecretKey {
  return steps.reduce((key, step) => key.deriveChildEip2333(step), from);
}
