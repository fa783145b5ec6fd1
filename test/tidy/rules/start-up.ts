import { importsOf } from '../imports.ts';
import { packageUses } from '../packages.ts';
import type { Rule, Violation } from '../rule.ts';
import type { Tree } from '../tree.ts';

const entry = 'src/app/main.ts';

/** What the command line loads before it knows what is asked of it holds no heavy library. */
export const startUp: Rule = {
  name: 'start-up',
  instead:
    'Load it where it is needed: `await import()` of the file that uses it, at the adapter or engine door.',
  check: (tree) => [...reachedFrom(tree, entry)].flatMap(([path, way]) => heavyImports(tree, path, way)),
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
