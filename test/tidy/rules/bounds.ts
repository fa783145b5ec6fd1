import { functionsOf } from '../functions.ts';
import { type Bound, baselinePath, judgeBound, type Measure } from '../ratchet.ts';
import type { Example, Rule } from '../rule.ts';
import { isTestCode, type Tree, type TreeFile, typeScriptFiles } from '../tree.ts';

/** A rule that bounds a figure: what was over it when the rule came is held by the baseline, and may only shrink. */
export interface BoundRule extends Rule {
  readonly bound: Bound;
  measure(tree: Tree): readonly Measure[];
}

interface BoundRuleSpec {
  readonly bound: Bound;
  readonly instead: string;
  readonly measure: (tree: Tree) => readonly Measure[];
  readonly examples: readonly Example[];
}

const blankLines = (count: number) => '\n'.repeat(count);
const longFunction = (name: string, lines: number) => `function ${name}() {${blankLines(lines - 1)}}\n`;
const baselineOf = (rule: string, held: Readonly<Record<string, number>>) => ({
  [baselinePath]: JSON.stringify({ [rule]: held }),
});

const fileLines = boundRule({
  bound: { rule: 'file-lines', unit: 'lines', limit: 500 },
  instead:
    'Cut it along what changes together. A table of data may be longer: test/tidy/exceptions.json with the reason.',
  measure: (tree) => typeScriptFiles(tree).map((file) => ({ path: file.path, value: countLines(file) })),
  examples: [
    { files: { 'src/core/long.ts': blankLines(501) }, violations: ['src/core/long.ts'] },
    { files: { 'src/core/long.ts': blankLines(500), 'docs/long.md': blankLines(900) }, violations: [] },
    {
      files: {
        'src/core/long.ts': blankLines(600),
        ...baselineOf('file-lines', { 'src/core/long.ts': 599 }),
      },
      violations: ['src/core/long.ts'],
    },
    {
      files: {
        'src/core/long.ts': blankLines(600),
        ...baselineOf('file-lines', { 'src/core/long.ts': 600 }),
      },
      violations: [],
    },
    {
      files: {
        'src/core/long.ts': blankLines(550),
        ...baselineOf('file-lines', { 'src/core/long.ts': 600, 'src/core/gone.ts': 700 }),
      },
      violations: [baselinePath, baselinePath],
    },
  ],
});

const functionLines = boundRule({
  bound: { rule: 'function-lines', unit: 'lines', limit: 70 },
  instead: 'Keep the decisions here and move the steps out into functions with a name.',
  measure: (tree) =>
    typeScriptFiles(tree).flatMap((file) =>
      functionsOf(file)
        .filter(({ named }) => named || !isTestCode(file.path))
        .map(({ name, line, lines }) => ({ path: file.path, name, line, value: lines })),
    ),
  examples: [
    {
      files: {
        'src/core/a.ts': `${longFunction('a', 71)}class B { b() {${blankLines(70)}} }\nrun(() => {${blankLines(70)}});`,
      },
      violations: ['src/core/a.ts:1', 'src/core/a.ts:72', 'src/core/a.ts:143'],
    },
    {
      files: {
        'src/core/a.ts': longFunction('a', 70),
        'src/core/a.test.ts': `describe('a', () => {${blankLines(90)}});`,
      },
      violations: [],
    },
    {
      files: {
        'src/core/a.ts': longFunction('a', 80),
        ...baselineOf('function-lines', { 'src/core/a.ts#a': 79 }),
      },
      violations: ['src/core/a.ts:1'],
    },
  ],
});

const parameterCount = boundRule({
  bound: { rule: 'parameters', unit: 'parameters', limit: 3 },
  instead: 'Take one object with named options.',
  measure: (tree) =>
    typeScriptFiles(tree).flatMap((file) =>
      functionsOf(file)
        .filter(({ named }) => named)
        .map(({ name, line, parameters }) => ({ path: file.path, name, line, value: parameters })),
    ),
  examples: [
    {
      files: { 'src/core/a.ts': 'const a = (b: 1, c: 2, d: 3, e: 4) => 1;' },
      violations: ['src/core/a.ts:1'],
    },
    { files: { 'src/core/a.ts': 'function a(this: 0, b: 1, c: 2, d: 3) {}' }, violations: [] },
  ],
});

const bareErrors = boundRule({
  bound: { rule: 'bare-errors', unit: 'times `new Error()`', limit: 0 },
  instead:
    'A person can meet it: declare it with defineErrors in the errors.ts of its area. It is impossible: say so in test/tidy/baseline.json, with the count of such places.',
  measure: (tree) =>
    typeScriptFiles(tree, 'src/')
      .filter((file) => !isTestCode(file.path))
      .map((file) => ({ path: file.path, value: countBareErrors(file) })),
  examples: [
    {
      files: { 'src/core/a.ts': "throw new Error('no');", 'src/core/b.ts': 'reject(Error(`no`));' },
      violations: ['src/core/a.ts', 'src/core/b.ts'],
    },
    {
      files: {
        'src/core/a.ts':
          "throw new RangeError('no'); throw errors.create('EPH-A-B', {}); x instanceof Error;",
        'src/core/a.test.ts': "throw new Error('no');",
      },
      violations: [],
    },
  ],
});

function boundRule(spec: BoundRuleSpec): BoundRule {
  const { bound, instead, measure, examples } = spec;
  return {
    name: bound.rule,
    instead,
    bound,
    measure,
    examples,
    check: (tree) => judgeBound(bound, measure(tree), tree),
  };
}

function countLines(file: TreeFile): number {
  return file.text.split('\n').length - 1;
}

function countBareErrors(file: TreeFile): number {
  if (!file.text.includes('Error(')) return 0;
  return [...file.text.matchAll(/(?<![\w.])(?:new )?Error\(/g)].length;
}

export const boundRules: readonly BoundRule[] = [fileLines, functionLines, parameterCount, bareErrors];
