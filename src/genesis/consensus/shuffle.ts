import { hash } from 'node:crypto';

/** SHUFFLE_ROUND_COUNT of both presets. */
const rounds = 90;

/**
 * `compute_shuffled_index` (consensus-specs, phase0/beacon-chain.md) for one seed and list length. Pivots
 * and the hashes of 256 positions each are kept between calls: a committee asks for hundreds of indices.
 */
export function shuffledIndexOf(seed: Uint8Array, count: number): (index: number) => number {
  const pivots = Array.from({ length: rounds }, (_, round) => pivotOf(seed, round, count));
  const sources = new Map<number, Buffer>();
  const sourceOf = (round: number, window: number): Buffer => {
    const key = round * 2 ** 32 + window;
    const known = sources.get(key);
    if (known !== undefined) return known;
    const input = Buffer.alloc(37);
    input.set(seed);
    input[32] = round;
    input.writeUInt32LE(window, 33);
    const source = hash('sha256', input, 'buffer');
    sources.set(key, source);
    return source;
  };
  return (start) => {
    let index = start;
    for (const [round, pivot] of pivots.entries()) {
      const flip = (pivot + count - index) % count;
      const position = Math.max(index, flip);
      const byte = sourceOf(round, Math.floor(position / 256))[(position % 256) >> 3] ?? 0;
      if (((byte >> (position % 8)) & 1) === 1) index = flip;
    }
    return index;
  };
}

function pivotOf(seed: Uint8Array, round: number, count: number): number {
  const digest = hash('sha256', Buffer.concat([seed, Uint8Array.of(round)]), 'buffer');
  return Number(digest.readBigUInt64LE(0) % BigInt(count));
}

/** `get_seed` at genesis, when the mixes of all epochs are the hash of execution block 0. */
export function genesisSeed(domainType: number, epoch: number, mix: Uint8Array): Uint8Array {
  const input = Buffer.alloc(44);
  input.writeUInt8(domainType, 0);
  input.writeBigUInt64LE(BigInt(epoch), 4);
  input.set(mix, 12);
  return hash('sha256', input, 'buffer');
}
