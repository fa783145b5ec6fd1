import { hash } from 'node:crypto';
import { shuffledIndexOf } from './shuffle.ts';

/** How a candidate's balance is weighed against a random number. */
export interface Weighing {
  /** 1 before Electra, 2 from then on (EIP-7251). */
  readonly randomBytes: 1 | 2;
  /** In gwei: who has this much is always taken. */
  readonly highestBalanceGwei: number;
}

export interface Candidates {
  /** Indices into the registry. */
  readonly activeIndices: readonly number[];
  /** By registry index, gwei. */
  readonly effectiveBalances: readonly number[];
}

/**
 * Goes through the shuffled active validators, again from the start when it is through, and yields those
 * that the weighing takes: what `compute_proposer_index` and `get_next_sync_committee_indices` have in
 * common (consensus-specs). Without end when nobody has a balance: the caller makes sure that there is one.
 */
export function* weighedCandidates(
  seed: Uint8Array,
  candidates: Candidates,
  weighing: Weighing,
): Generator<number> {
  const { activeIndices, effectiveBalances } = candidates;
  const { randomBytes, highestBalanceGwei } = weighing;
  const shuffled = shuffledIndexOf(seed, activeIndices.length);
  const perHash = 32 / randomBytes;
  const highestRandom = 2n ** BigInt(8 * randomBytes) - 1n;
  let random: Buffer = Buffer.alloc(0);
  for (let i = 0; ; i++) {
    if (i % perHash === 0) random = randomAt(seed, i / perHash);
    const candidate = activeIndices[shuffled(i % activeIndices.length)] ?? 0;
    const value = random.readUIntLE((i % perHash) * randomBytes, randomBytes);
    const balance = BigInt(effectiveBalances[candidate] ?? 0);
    if (balance * highestRandom >= BigInt(highestBalanceGwei) * BigInt(value)) yield candidate;
  }
}

function randomAt(seed: Uint8Array, counter: number): Buffer {
  const input = Buffer.alloc(40);
  input.set(seed);
  input.writeBigUInt64LE(BigInt(counter), 32);
  return hash('sha256', input, 'buffer');
}
