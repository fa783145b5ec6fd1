import { parseArgs } from 'node:util';
import { keySources } from '../test/simulation/key-deeds.ts';
import { liveKeyLives } from '../test/simulation/key-lives.ts';
import { simulate } from '../test/simulation/simulate.ts';
import { nodeSetup, oneProgramSetup } from '../test/simulation/world.ts';

/**
 * Runs the reset machine under faults: `npm run simulate -- --seeds 100000`, or one again by `--seed NAME`; with
 * `--one-program` of a node whose layers are one. With `--key-lives 1000` whatever may happen to keys instead, others with `--seed NUMBER`.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      seed: { type: 'string' },
      iterations: { type: 'string', default: '8' },
      'key-lives': { type: 'string' },
      'one-program': { type: 'boolean', default: false },
    },
  });
  const lives = values['key-lives'];
  if (lives !== undefined) return runKeyLives(Number(lives), Number(values.seed ?? Date.now() % 1e9));
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const startedMs = performance.now();
  const setup = values['one-program'] ? oneProgramSetup : nodeSetup;
  let resets = 0;
  for (let index = 1; index <= count; index += 1) {
    const seed = values.seed ?? `seed-${index}`;
    const report = await simulate(seed, Number(values.iterations), setup);
    resets += report.resets;
    if (report.broken.length > 0) {
      process.exitCode = 1;
      console.error(`${seed} broke:\n  ${report.broken.join('\n  ')}`);
    }
    if (index % 100 === 0 || index === count) {
      console.info(
        `${index} seeds, ${resets} resets, ${Math.round((performance.now() - startedMs) / 1000)} s`,
      );
    }
  }
}

async function runKeyLives(numRuns: number, seed: number): Promise<void> {
  const sources = await keySources();
  try {
    console.info(
      `${numRuns} lives of seed ${seed}: `,
      await liveKeyLives(sources.folders, { numRuns, seed }),
    );
  } finally {
    await sources.remove();
  }
}

await main();
