import { SecretKey } from '@chainsafe/blst';
import type { ChainState } from '../types.ts';
import type { ValidatorKey } from './validator-keys.ts';

/** Order of the BLS12-381 groups, which secret keys are added modulo. */
const groupOrder = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n;

/**
 * The keys that we sign with, by validator index. Signatures of several validators over one root are made in
 * one go: the signature of the sum of secret keys is the aggregate of the single signatures.
 */
export class KeyRing {
  private readonly byIndex = new Map<number, ValidatorKey>();
  private unplaced: readonly ValidatorKey[];
  private validatorsSeen = 0;

  constructor(keys: readonly ValidatorKey[]) {
    this.unplaced = keys;
  }

  get size(): number {
    return this.byIndex.size;
  }

  /** Finds our keys among the state's validators; later deposits add some. */
  place(state: ChainState): void {
    if (state.validators.length === this.validatorsSeen) return;
    this.validatorsSeen = state.validators.length;
    this.unplaced = this.unplaced.filter((key) => {
      const index = state.epochCtx.getValidatorIndex(key.pubkey);
      if (index !== null) this.byIndex.set(index, key);
      return index === null;
    });
  }

  owns(index: number): boolean {
    return this.byIndex.has(index);
  }

  indices(): number[] {
    return [...this.byIndex.keys()];
  }

  /** The aggregate signature of these validators, each as often as it is named. All must be ours, and one at least. */
  sign(indices: Iterable<number>, signingRoot: Uint8Array): Uint8Array {
    let sum = 0n;
    for (const index of indices) {
      const key = this.byIndex.get(index);
      if (key === undefined) throw new Error(`validator ${index} is not ours`);
      sum += key.scalar;
    }
    const bytes = Buffer.from((sum % groupOrder).toString(16).padStart(64, '0'), 'hex');
    return SecretKey.fromBytes(bytes).sign(signingRoot).toBytes();
  }
}
