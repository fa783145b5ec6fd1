import { parseArgs } from 'node:util';
import { simulate } from '../test/simulation/simulate.ts';

/** Runs the reset machine under faults: `npm run simulate -- --seeds 100000`, or one again by `--seed NAME`. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '1000' },
      seed: { type: 'string' },
      iterations: { type: 'string', default: '8' },
    },
  });
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const startedMs = performance.now();
  let resets = 0;
  for (let index = 1; index <= count; index += 1) {
    const seed = values.seed ?? `seed-${index}`;
    const report = await simulate(seed, Number(values.iterations));
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

await main();
