import { pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { KeyDerivation } from '../../src/core/keys/keystore.ts';

/** The threads as they are installed: from source they would compile themselves first. */
export async function builtKeyWorkers(): Promise<typeof import('../../src/keys/workers/key-workers.ts')> {
  return import(join(import.meta.dirname, '../../dist/keys/workers/key-workers.js'));
}

/** Seconds that so many derivations take at least: one bare one after the other, spread over all cores. */
export function leastSeconds(derivation: KeyDerivation, count: number): number {
  const times = Array.from({ length: 5 }, () => {
    const startMs = performance.now();
    deriveOnce(derivation);
    return performance.now() - startMs;
  }).sort((a, b) => a - b);
  return ((times[2] ?? 0) * count) / availableParallelism() / 1_000;
}

function deriveOnce(derivation: KeyDerivation): void {
  const salt = randomBytes(32);
  if (derivation.function === 'pbkdf2') pbkdf2Sync('password', salt, derivation.iterations, 32, 'sha256');
  else
    scryptSync('password', salt, 32, { N: derivation.n, r: derivation.r, p: derivation.p, maxmem: 1 << 30 });
}
