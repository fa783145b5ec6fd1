import { randomBytes, randomUUID } from 'node:crypto';
import { usualScrypt } from '../../src/core/keys/keystore.ts';
import { doJob } from '../../src/keys/workers/do-job.ts';
import type { Bench } from './bench.ts';
import { builtKeyWorkers, leastSeconds } from './key-bench.ts';

const count = 24;

export const bench: Bench = {
  name: 'keys-scrypt',
  what: '24 keystores sealed with scrypt (n = 262144), over the time that as many bare scrypts take on all cores',
  unit: 'x',
  limit: { value: 1.15 },
  warmups: 1,
  runs: 5,
  run: async () => {
    const { doJobs } = await builtKeyWorkers();
    const [key] = doJob({ kind: 'derive', seed: new Uint8Array(64).fill(7), indices: [0] });
    if (key === undefined) throw new Error('a key was asked for');
    const jobs = Array.from({ length: count }, () => ({
      kind: 'seal' as const,
      secretKey: key.secretKey,
      pubkey: key.pubkey,
      path: 'm/12381/3600/0/0/0',
      password: 'password',
      derivation: usualScrypt,
      salt: new Uint8Array(randomBytes(32)),
      iv: new Uint8Array(randomBytes(16)),
      uuid: randomUUID(),
    }));
    const least = leastSeconds(usualScrypt, count);
    const startMs = performance.now();
    await doJobs(jobs, { signal: new AbortController().signal });
    return { value: (performance.now() - startMs) / 1_000 / least };
  },
};
