import { importsOf } from '../imports.ts';
import { packageUses } from '../packages.ts';
import type { Rule, Violation } from '../rule.ts';
import type { Tree } from '../tree.ts';

/** `--version` stops at the first; every other command loads the second. */
const entries = ['src/app/main.ts', 'src/app/run-process.ts'];
/** The catalogue is for commands that run clients. */
const catalogue = /^src\/core\/clients\/(?:execution|consensus|validator|signer)\//;

/** What the command line loads before it knows what is asked of it holds no heavy library. */
export const startUp: Rule = {
  name: 'start-up',
  instead:
    'Load it where it is needed: `await import()` of the file that uses it, at the adapter or engine door.',
  check: (tree) =>
    entries
      .flatMap((entry) => [...reachedFrom(tree, entry)])
      .flatMap(([path, way]) => [...heavyImports(tree, path, way), ...catalogueEntries(path, way)]),
  examples: [
    {
      files: {
        'src/app/main.ts': "import { run } from '../cli/run.ts';",
        'src/cli/run.ts': "export * from '../mayfly/run.ts';",
        'src/mayfly/run.ts': "import type { A } from 'fastify';\nimport { ssz } from '@lodestar/types';",
      },
      violations: ['src/mayfly/run.ts:2'],
    },
    {
      files: {
        'src/app/main.ts': "import type { Run } from '../mayfly/run.ts';\nawait import('../mayfly/run.ts');",
        'src/mayfly/run.ts': "import { ssz } from '@lodestar/types';",
      },
      violations: [],
    },
    {
      files: {
        'src/app/run-process.ts': "import { clients } from './clients.ts';",
        'src/app/clients.ts': "import { geth } from '../core/clients/execution/geth.ts';",
        'src/core/clients/execution/geth.ts': 'export const geth = {};',
      },
      violations: ['src/core/clients/execution/geth.ts:1'],
    },
  ],
};

/** Every file that loading `start` loads, with the way it is reached. */
function reachedFrom(tree: Tree, start: string): ReadonlyMap<string, readonly string[]> {
  const ways = new Map<string, readonly string[]>([[start, [start]]]);
  for (const [path, way] of ways) {
    const file = tree.file(path);
    if (file === undefined) continue;
    for (const { kind, target } of importsOf(file)) {
      if (kind === 'static' && target !== undefined && !ways.has(target)) ways.set(target, [...way, target]);
    }
  }
  return ways;
}

function heavyImports(tree: Tree, path: string, way: readonly string[]): readonly Violation[] {
  const file = tree.file(path);
  if (file === undefined) return [];
  return importsOf(file)
    .filter(({ kind, package: name }) => kind === 'static' && name !== undefined && packageUses[name]?.heavy)
    .map(({ line, package: name }) => ({
      path,
      line,
      what: `every command loads ${name}: ${way.join(' -> ')}`,
    }));
}

function catalogueEntries(path: string, way: readonly string[]): readonly Violation[] {
  if (!catalogue.test(path)) return [];
  return [{ path, line: 1, what: `every command loads the catalogue: ${way.join(' -> ')}` }];
}
