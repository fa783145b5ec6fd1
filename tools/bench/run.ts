import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchmarksPage, figure } from './page.ts';
import { type BenchOutcome, type BenchResult, keepsLimits, shareOfLimit } from './result.ts';

/**
 * npm run bench [-- NAME…]: runs the benches of this folder, or those named, and writes their figures into
 * docs/reference/benchmarks.md. Ends with 1 when a limit is missed or a bench fails.
 */
const folder = import.meta.dirname;
const reference = join(folder, '../../docs/reference');
const wanted = process.argv.slice(2);
const known = readdirSync(folder)
  .filter((name) => isBench(join(folder, name)))
  .map((name) => name.replace(/\.ts$/, ''));
const strangers = wanted.filter((name) => !known.includes(name));
if (strangers.length > 0) {
  console.error(`no bench called ${strangers.join(', ')}; there are: ${known.join(', ')}`);
  process.exit(2);
}

const results = new Map(
  earlierResults()
    .filter(({ name }) => known.includes(name))
    .map((result) => [result.name, result]),
);
let failed = false;
for (const name of known.filter((each) => wanted.length === 0 || wanted.includes(each))) {
  const outcome = await measureInChild(join(folder, `${name}.ts`));
  if (outcome === undefined) {
    failed = true;
    console.log(`${name}: failed`);
  } else if (outcome.outcome === 'unavailable') {
    console.log(`${name}: not measured: ${outcome.reason}`);
  } else {
    results.set(name, outcome.result);
    failed ||= !keepsLimits(outcome.result);
    console.log(`${name}: ${inOneLine(outcome.result)}`);
  }
}
mkdirSync(reference, { recursive: true });
writeFileSync(join(reference, 'benchmarks.json'), `${JSON.stringify([...results.values()], null, 2)}\n`);
writeFileSync(join(reference, 'benchmarks.md'), benchmarksPage([...results.values()]));
process.exitCode = failed ? 1 : 0;

function isBench(path: string): boolean {
  return path.endsWith('.ts') && /^export const bench: Bench\b/m.test(readFileSync(path, 'utf8'));
}

function earlierResults(): readonly BenchResult[] {
  const path = join(reference, 'benchmarks.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as BenchResult[]) : [];
}

/** Undefined when the child ended without a result; what it printed says why. */
function measureInChild(file: string): Promise<BenchOutcome | undefined> {
  return new Promise((resolve) => {
    let outcome: BenchOutcome | undefined;
    const child = fork(join(folder, 'measure.ts'), [file], { execArgv: ['--import', 'tsx', '--expose-gc'] });
    child.on('message', (message) => {
      outcome = message as BenchOutcome;
    });
    child.on('exit', (code) => resolve(code === 0 ? outcome : undefined));
  });
}

function inOneLine(result: BenchResult): string {
  const share = shareOfLimit(result);
  const ofLimit = share === undefined ? '' : `, ${share.toFixed(2)} of its limit`;
  return `${figure(result.median)} ${result.unit}${ofLimit}`;
}
