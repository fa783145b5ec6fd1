import type { Bench } from './bench.ts';
import { type RunningDevnet, startDevnet } from './running-devnet.ts';

/** A bench of the scheduled resets of a local network, by one of the times that their events tell. */
export function resetBench({
  time,
  ...told
}: Pick<Bench, 'name' | 'what' | 'limit'> & { readonly time: 'totalMs' | 'ownMs' }): Bench {
  let devnet: RunningDevnet | undefined;
  return {
    ...told,
    unit: 's',
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
      return { value: Number(reset?.[time]) / 1_000, peakMemoryMb: 'unknown' };
    },
  };
}
