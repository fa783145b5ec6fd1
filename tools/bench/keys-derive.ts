import type { Bench } from './bench.ts';
import { builtKeyWorkers } from './key-bench.ts';

const count = 1_000;
const chunk = 8;

export const bench: Bench = {
  name: 'keys-derive',
  what: '1,000 validator keys derived from a seed and 1,000 deposits signed, the threads’ start counted in',
  unit: 's',
  limit: { value: 3 },
  warmups: 1,
  runs: 5,
  run: async () => {
    const { doJobs } = await builtKeyWorkers();
    const { signal } = new AbortController();
    const startMs = performance.now();
    const starts = Array.from({ length: count / chunk }, (_, at) => at * chunk);
    const seed = new Uint8Array(64).fill(7);
    const derived = await doJobs(
      starts.map((start) => ({
        kind: 'derive' as const,
        seed,
        indices: Array.from({ length: chunk }, (_, at) => start + at),
      })),
      { signal },
    );
    const terms = {
      credentials: '0x01',
      address: '0x4D496CcC28058B1D74B7a19541663E21154f9c84',
      amountGwei: 32_000_000_000,
      genesisForkVersion: new Uint8Array(4),
    } as const;
    const signed = await doJobs(
      derived.map((signers) => ({ kind: 'sign-deposit' as const, signers, terms })),
      { signal },
    );
    if (signed.flat().length !== count) throw new Error('some were not signed');
    return { value: (performance.now() - startMs) / 1_000 };
  },
};
