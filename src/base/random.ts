import { createHash, randomBytes } from 'node:crypto';

/** Randomness as a dependency: a test gives a seed, a failing one prints it. */
export interface Random {
  bytes(length: number): Uint8Array;
  /** Uniform in [0, 1). */
  next(): number;
}

export const systemRandom: Random = {
  bytes: (length) => new Uint8Array(randomBytes(length)),
  next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
};

/** A repeatable stream: SHA-256 in counter mode over the seed. Not for secrets that guard anything. */
export function seededRandom(seed: string): Random {
  let counter = 0;
  let pool = Buffer.alloc(0);
  const take = (length: number): Buffer => {
    while (pool.length < length) {
      const block = createHash('sha256').update(`${seed}|${counter++}`).digest();
      pool = Buffer.concat([pool, block]);
    }
    const taken = pool.subarray(0, length);
    pool = pool.subarray(length);
    return taken;
  };
  return {
    bytes: (length) => new Uint8Array(take(length)),
    next: () => take(6).readUIntBE(0, 6) / 2 ** 48,
  };
}

/** A whole number, uniform in [low, high]. */
export function integerBetween(random: Random, low: number, high: number): number {
  return low + Math.floor(random.next() * (high - low + 1));
}

/** One of the items. Throws a RangeError when there are none. */
export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[integerBetween(random, 0, items.length - 1)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}
