import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEthereumJs } from '../../test/support/ethereumjs.ts';
import { writeMayflyBundle } from '../../test/support/mayfly-bundle.ts';
import { startMayfly, until } from '../../test/support/mayfly-process.ts';
import { type Bench, BenchUnavailable } from './bench.ts';
import { peakMemoryOf } from './peak-memory.ts';

const seed = 'keep-up';
const validators = 10_000;
const slots = 70;
const preload = join(import.meta.dirname, '../../dist/artifacts/preload/fast-params.js');

interface SlotLine {
  readonly slot: number;
  readonly outcome: string;
  readonly endedMs: number;
}

/** Two epochs by the clock, with the embedded execution client as a devnet starts it. */
export const bench: Bench = {
  name: 'mayfly-keep-up',
  what: 'Mayfly with EthereumJS, 10,000 validators, 1 s slots: the longest slot of 70, from its start to all its work done',
  unit: 'ms',
  limit: { value: 1_000 },
  warmups: 0,
  runs: 3,
  async run() {
    if (!existsSync(preload)) throw new BenchUnavailable('the project is not built');
    const directory = await mkdtemp(join(tmpdir(), 'mayfly-keep-up-'));
    try {
      return await runChain(directory);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  },
};

async function runChain(directory: string) {
  const bundle = await writeMayflyBundle(join(directory, 'bundle'), {
    seed,
    validators,
    genesisTimeSeconds: Math.floor(Date.now() / 1000) + 30,
    slotSeconds: 1,
  });
  const execution = await startEthereumJs(join(directory, 'el'), bundle.executionGenesisPath, { preload });
  const mayfly = await startMayfly(join(directory, 'mayfly'), [
    `--bundle=${bundle.directory}`,
    ...[`--engine-url=${execution.engineUrl}`, `--jwt=${execution.jwtPath}`],
    ...['--produce', `--seed=${seed}`, `--validators=${validators}`],
  ]);
  try {
    const linesOf = () => readSlots(join(directory, 'mayfly', 'mayfly.log'));
    await until(async () => (await linesOf()).length >= slots, 180_000);
    const lines = (await linesOf()).slice(0, slots);
    return { value: longestSlot(lines), peakMemoryMb: await peakMemoryOf(mayfly.child.pid ?? 0) };
  } finally {
    await mayfly.stop('SIGKILL');
    await execution.kill();
  }
}

/** A slot without its block, or one that was skipped, is a failure whatever the times. */
function longestSlot(lines: readonly SlotLine[]): number {
  const first = lines[0]?.slot ?? 0;
  const isGapless = lines.every((line, i) => line.slot === first + i && line.outcome === 'proposed');
  if (!isGapless) return Number.POSITIVE_INFINITY;
  return Math.max(...lines.map((line) => line.endedMs));
}

async function readSlots(path: string): Promise<SlotLine[]> {
  const text = await readFile(path, 'utf8');
  return text
    .split('\n')
    .filter((line) => line.includes('"a slot ended"'))
    .map((line) => JSON.parse(line) as SlotLine);
}
