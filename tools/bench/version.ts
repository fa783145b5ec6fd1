import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { runProgram } from './peak-memory.ts';

const program = join(import.meta.dirname, '../../dist/app/main.js');

export const bench: Bench = {
  name: 'version',
  what: '`ephemery --version`, from the start of its process to the end',
  unit: 'ms',
  limit: { value: 150 },
  warmups: 2,
  runs: 11,
  run: async () => {
    const { durationMs, peakMemoryMb } = runProgram([program, '--version']);
    return { value: durationMs, peakMemoryMb };
  },
};
