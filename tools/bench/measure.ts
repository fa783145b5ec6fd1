import { cpus, totalmem } from 'node:os';
import { pathToFileURL } from 'node:url';
import { type Bench, type BenchSample, BenchUnavailable } from './bench.ts';
import { type BenchOutcome, type Machine, median } from './result.ts';

/** Runs in a process of its own: measures one bench and sends what it came to. */
const [file = ''] = process.argv.slice(2);
const { bench } = (await import(pathToFileURL(file).href)) as { bench: Bench };
process.send?.(await outcomeOf(bench));
process.disconnect?.();

async function outcomeOf(measured: Bench): Promise<BenchOutcome> {
  try {
    const tidyUp = await measured.prepare?.();
    try {
      return {
        outcome: 'measured',
        result: { ...describe(measured), ...figuresOf(await samplesOf(measured)) },
      };
    } finally {
      await tidyUp?.();
    }
  } catch (thrown) {
    if (thrown instanceof BenchUnavailable) return { outcome: 'unavailable', reason: thrown.message };
    throw thrown;
  }
}

async function samplesOf(measured: Bench): Promise<readonly BenchSample[]> {
  for (let warmup = 0; warmup < measured.warmups; warmup++) await measured.run();
  const samples: BenchSample[] = [];
  for (let run = 0; run < measured.runs; run++) samples.push(await measured.run());
  return samples;
}

function figuresOf(samples: readonly BenchSample[]) {
  const values = samples.map(({ value }) => value);
  const ownPeakMb = process.resourceUsage().maxRSS / 1_024;
  const peaks = samples.map(({ peakMemoryMb }) => peakMemoryMb ?? ownPeakMb);
  const known = peaks.filter((peak) => peak !== 'unknown');
  return {
    median: median(values),
    smallest: Math.min(...values),
    largest: Math.max(...values),
    ...(known.length === 0 ? {} : { peakMemoryMb: Math.max(...known) }),
  };
}

function describe({ name, what, unit, limit, memoryLimitMb, runs }: Bench) {
  return {
    name,
    what,
    unit,
    runs,
    machine: machine(),
    ...(limit === undefined ? {} : { limit }),
    ...(memoryLimitMb === undefined ? {} : { memoryLimitMb }),
  };
}

function machine(): Machine {
  return {
    platform: `${process.platform} ${process.arch}`,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
}
