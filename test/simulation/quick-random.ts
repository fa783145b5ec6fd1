import { createHash } from 'node:crypto';
import type { Random } from '../../src/base/random.ts';

/** A repeatable stream for draws by the million: splitmix32 from a hash of the seed. */
export function quickRandom(seed: string): Random {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0);
  const draw = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  return {
    bytes: (length) => Uint8Array.from({ length }, () => draw() & 0xff),
    next: () => draw() / 2 ** 32,
  };
}
