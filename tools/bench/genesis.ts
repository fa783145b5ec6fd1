import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingSharedData, sharedData } from '../../test/support/shared-data.ts';
import { type Bench, type BenchSample, BenchUnavailable } from './bench.ts';

const realInputs = 'ephemery-genesis-160';

/** Each run in a process of its own, as a person runs it: with libraries to load and nothing compiled yet. */
export const bench: Bench = {
  name: 'genesis',
  what: 'genesis of the 30,200 real validators: from the folder of inputs to all files and both archives written, libraries loaded anew',
  unit: 's',
  limit: { value: 3 },
  memoryLimitMb: 500,
  warmups: 1,
  runs: 5,
  async run() {
    const lack = missingSharedData(realInputs);
    if (lack !== undefined) throw new BenchUnavailable(lack);
    const folder = await mkdtemp(join(tmpdir(), 'bench-genesis-'));
    try {
      return await buildInChild(join(sharedData, realInputs), join(folder, 'release'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function buildInChild(inputs: string, directory: string): Promise<BenchSample> {
  return new Promise((resolve, reject) => {
    const program = join(import.meta.dirname, 'genesis-child.ts');
    const child = fork(program, [inputs, directory], { execArgv: ['--import', 'tsx'] });
    let sample: BenchSample | undefined;
    child.on('message', (message) => {
      sample = message as BenchSample;
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0 && sample !== undefined) resolve(sample);
      else reject(new Error(`the build ended with ${code}`));
    });
  });
}
