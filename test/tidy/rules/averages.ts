import { functionsOf } from '../functions.ts';
import type { Rule, Violation } from '../rule.ts';
import { isTestCode, type Tree, typeScriptFiles } from '../tree.ts';

interface Average {
  readonly what: string;
  readonly median: number;
  readonly p90: number;
  readonly measure: (tree: Tree) => readonly number[];
}

/** The bounds of models in this trade: a file is one thing, a function one step. */
const averages: readonly Average[] = [
  {
    what: 'file lines',
    median: 80,
    p90: 250,
    measure: (tree) => product(tree).map((file) => file.text.split('\n').length - 1),
  },
  {
    what: 'function lines',
    median: 12,
    p90: 40,
    measure: (tree) =>
      product(tree).flatMap((file) =>
        functionsOf(file)
          .filter(({ named }) => named)
          .map(({ lines }) => lines),
      ),
  },
];

export const averageSizes: Rule = {
  name: 'average-sizes',
  instead:
    'Not this change alone, perhaps, but the next cut is due: look for the largest new files and functions.',
  check: (tree) =>
    averages.flatMap(({ what, median, p90, measure }) => {
      const sizes = [...measure(tree)].sort((a, b) => a - b);
      return [
        ...tooLarge(`median of ${what}`, quantile(sizes, 0.5), median),
        ...tooLarge(`p90 of ${what}`, quantile(sizes, 0.9), p90),
      ];
    }),
  examples: [
    { files: { 'src/core/a.ts': '\n'.repeat(81) }, violations: ['src'] },
    {
      files: Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [`src/core/${i}.ts`, '\n'.repeat(i > 7 ? 251 : 1)]),
      ),
      violations: ['src'],
    },
    { files: { 'src/core/a.ts': `function a() {${'\n'.repeat(12)}}` }, violations: ['src'] },
    { files: { 'src/core/a.ts': 'function a() {}\n', 'test/tidy/b.ts': '\n'.repeat(300) }, violations: [] },
  ],
};

function product(tree: Tree) {
  return typeScriptFiles(tree, 'src/').filter((file) => !isTestCode(file.path));
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function tooLarge(what: string, value: number, limit: number): readonly Violation[] {
  return value > limit ? [{ path: 'src', what: `the ${what} is ${value}, over ${limit}` }] : [];
}
