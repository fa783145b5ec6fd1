import { pbkdf2Sync, randomBytes, scryptSync } from 'node:crypto';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
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

/**
 * Seconds that so many derivations by pbkdf2 take with nothing else done: a thread a core, all at once, since cores that share a
 * socket (or a host) are slower together than one of them alone.
 */
export async function leastSecondsTogether(derivation: KeyDerivation, count: number): Promise<number> {
  const each = Math.ceil(count / availableParallelism());
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const thread = new Worker(bareThread, { eval: true, workerData: { derivation, each } });
      await once(thread, 'exit');
    }),
  );
  return (performance.now() - startMs) / 1_000;
}

const bareThread = `
const { pbkdf2Sync, randomBytes } = require('node:crypto');
const { derivation, each } = require('node:worker_threads').workerData;
if (derivation.function !== 'pbkdf2') throw new Error('only pbkdf2 is measured so');
const { iterations } = derivation;
for (let index = 0; index < each; index += 1) pbkdf2Sync('password', randomBytes(32), iterations, 32, 'sha256');
`;

function deriveOnce(derivation: KeyDerivation): void {
  const salt = randomBytes(32);
  if (derivation.function === 'pbkdf2') pbkdf2Sync('password', salt, derivation.iterations, 32, 'sha256');
  else
    scryptSync('password', salt, 32, { N: derivation.n, r: derivation.r, p: derivation.p, maxmem: 1 << 30 });
}
