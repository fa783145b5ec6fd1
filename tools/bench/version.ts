import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Bench } from './bench.ts';

const program = join(import.meta.dirname, '../../dist/app/main.js');

export const bench: Bench = {
  name: 'version',
  what: '`ephemery --version`, from the start of its process to the end',
  unit: 'ms',
  limit: { value: 150 },
  warmups: 2,
  runs: 11,
  run: async () => {
    const startMs = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [program, '--version'], { encoding: 'utf8' });
    const value = performance.now() - startMs;
    if (status !== 0) throw new Error(`ended with ${status}: ${stderr}`);
    return { value, peakMemoryMb: 'unknown' };
  },
};
