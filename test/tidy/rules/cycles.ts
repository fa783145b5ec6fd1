import { importsOf } from '../imports.ts';
import type { Rule, Violation } from '../rule.ts';
import { type Tree, typeScriptFiles } from '../tree.ts';

/** No file reaches itself by imports, whatever their kind. */
export const cycles: Rule = {
  name: 'no-cycles',
  instead: 'Move what the files share into a third one that imports neither. Type imports count.',
  check: (tree) => knotsOf(graphOf(tree)).map(toViolation),
  examples: [
    {
      files: {
        'src/core/a.ts': "import type { B } from './b.ts';",
        'src/core/b.ts': "import { c } from './c.ts';",
        'src/core/c.ts': "const a = await import('./a.ts');",
        'src/core/alone.ts': "import { b } from './b.ts';",
      },
      violations: ['src/core/a.ts'],
    },
    { files: { 'src/core/self.ts': "import { self } from './self.ts';" }, violations: ['src/core/self.ts'] },
    {
      files: {
        'src/core/a.ts': "import { b } from './b.ts'; import { c } from './c.ts';",
        'src/core/b.ts': "import { c } from './c.ts';",
        'src/core/c.ts': '',
      },
      violations: [],
    },
  ],
};

type Graph = ReadonlyMap<string, readonly string[]>;

function graphOf(tree: Tree): Graph {
  const files = typeScriptFiles(tree);
  return new Map(files.map((file) => [file.path, targetsOf(tree, file.path)]));
}

function targetsOf(tree: Tree, path: string): readonly string[] {
  const file = tree.file(path);
  if (file === undefined) return [];
  return importsOf(file).flatMap(({ target }) =>
    target !== undefined && tree.file(target) !== undefined ? [target] : [],
  );
}

/** The shortest way back to each file's own start, one for each knot: a file that is in a told one is not told again. */
function knotsOf(graph: Graph): readonly (readonly string[])[] {
  const told = new Set<string>();
  const knots: (readonly string[])[] = [];
  for (const path of [...graph.keys()].sort()) {
    if (told.has(path)) continue;
    const way = wayBack(graph, path);
    if (way === undefined) continue;
    for (const step of way) told.add(step);
    knots.push(way);
  }
  return knots;
}

function wayBack(graph: Graph, start: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let current = queue.shift(); current !== undefined; current = queue.shift()) {
    for (const next of graph.get(current) ?? []) {
      if (next === start) return unwind(cameFrom, start, current);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, current);
      queue.push(next);
    }
  }
  return undefined;
}

function unwind(cameFrom: ReadonlyMap<string, string>, start: string, last: string): readonly string[] {
  const way = [last];
  for (let step = last; step !== start; ) {
    step = cameFrom.get(step) ?? start;
    way.unshift(step);
  }
  return way;
}

function toViolation(way: readonly string[]): Violation {
  const [first = ''] = way;
  return { path: first, what: `imports itself: ${[...way, first].join(' -> ')}` };
}
