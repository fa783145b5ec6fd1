import type { Bench } from './bench.ts';
import { type RunningDevnet, startDevnet } from './running-devnet.ts';

let devnet: RunningDevnet | undefined;

export const bench: Bench = {
  name: 'reset-own',
  what: 'of such a reset, our own share: beyond the bare stop and start of the clients',
  unit: 's',
  limit: { value: 1 },
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
    return { value: Number(reset?.ownMs) / 1_000, peakMemoryMb: 'unknown' };
  },
};
