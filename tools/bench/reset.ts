import type { Bench } from './bench.ts';
import { type RunningDevnet, startDevnet } from './running-devnet.ts';

let devnet: RunningDevnet | undefined;

export const bench: Bench = {
  name: 'reset',
  what: 'a reset on the devnet with EthereumJS and Mayfly: from T until both clients are proven',
  unit: 's',
  limit: { value: 10 },
  warmups: 1,
  runs: 5,
  prepare: async () => {
    devnet = await startDevnet(['--slot', '1s', '--period', '40s']);
    return devnet.stop;
  },
  run: async () => {
    const reset = await devnet?.next(
      ({ type, cause }) => type === 'reset.completed' && cause === 'scheduled',
    );
    return { value: Number(reset?.totalMs) / 1_000, peakMemoryMb: 'unknown' };
  },
};
