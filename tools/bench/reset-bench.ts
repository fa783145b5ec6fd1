import type { Bench } from './bench.ts';
import { peakMemoryOf } from './peak-memory.ts';
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
      // The supervisor's: the clients' is their own affair.
      const peakMemoryMb = await peakMemoryOf(devnet?.pid ?? 0);
      return { value: Number(reset?.[time]) / 1_000, peakMemoryMb };
    },
  };
}
