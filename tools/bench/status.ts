import type { Bench } from './bench.ts';
import { runProgram } from './peak-memory.ts';
import { program, type RunningDevnet, startDevnet } from './running-devnet.ts';

let devnet: RunningDevnet | undefined;

export const bench: Bench = {
  name: 'status',
  what: '`ephemery status` on a running node, from the start of its process to the end',
  unit: 'ms',
  limit: { value: 400 },
  warmups: 2,
  runs: 11,
  prepare: async () => {
    devnet = await startDevnet(['--slot', '2s', '--period', '10m']);
    await devnet.next(({ type }) => type === 'reset.live');
    return devnet.stop;
  },
  run: async () => {
    const args = [program, 'status', '--json', '--home', devnet?.home ?? ''];
    const { durationMs, peakMemoryMb } = runProgram(args);
    return { value: durationMs, peakMemoryMb };
  },
};
