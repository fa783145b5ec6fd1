import ts from 'typescript';
import { importsOf } from '../imports.ts';
import type { Rule } from '../rule.ts';
import {
  isTest,
  isTestCode,
  lineOf,
  nodesUnder,
  type Tree,
  type TreeFile,
  typeScriptFiles,
} from '../tree.ts';

const runners = new Set(['it', 'test', 'describe', 'suite', 'bench']);
const unreasoned = new Set(['only', 'todo', 'fails', 'skip', 'skipIf', 'runIf', 'retry']);

/** The runner itself refuses a test in which nothing is asserted; this finds the file that has none to run. */
export const testsAssert: Rule = {
  name: 'tests-assert',
  instead: 'Say what must hold: `expect(…)`. A file without a claim is no test.',
  check: (tree) =>
    testFiles(tree)
      .filter((file) => !asserts(tree, file))
      .map(({ path }) => ({ path, what: 'asserts nothing' })),
  examples: [
    {
      files: {
        'src/core/a.test.ts': "it('runs', () => { run(); });",
        'test/golden/b.test.ts': '// expect(1)',
        'test/simulation/e.test.ts': "import { claim } from './claim.ts'; claim(1);",
        'test/simulation/claim.ts': 'export const claim = (x) => x;',
      },
      violations: ['src/core/a.test.ts', 'test/golden/b.test.ts', 'test/simulation/e.test.ts'],
    },
    {
      files: {
        'src/core/a.test.ts': 'expect(1).toBe(1);',
        'src/core/b.test.ts': 'fc.assert(property);',
        'src/core/c.test.ts': 'expect.soft(1).toBe(1);',
        'test/golden/d.test.ts': 'await matchGolden(name, text);',
        'test/simulation/e.test.ts': "import { claim } from './claim.ts'; claim(1);",
        'test/simulation/claim.ts': 'export const claim = (x) => { expect(x).toBe(1); };',
        'src/core/d.ts': '',
      },
      violations: [],
    },
  ],
};

/** No test is left out without saying why, none runs alone, none is tried again. */
export const testsRun: Rule = {
  name: 'tests-run',
  instead:
    'Where the machine may lack something: `describeIf(reason)` of test/support/describe-if.ts, or `context.skip(reason)` in the test. Otherwise mend it or take it out.',
  check: (tree) =>
    testFiles(tree).flatMap((file) =>
      calls(file).flatMap(({ name, node }) => {
        const what = name === 'context.skip' ? skipWithoutReason(node) : markWithoutReason(name);
        return what === undefined ? [] : [{ path: file.path, line: lineOf(file, node), what }];
      }),
    ),
  examples: [
    {
      files: {
        'src/core/a.test.ts':
          "it.only('a', run);\ndescribe.skip('b', run);\nit.skipIf(linux)('c', run);\ntest.todo('d');\nit('e', (context) => context.skip());\ndescribe.runIf(linux)('f', run);\ndescribe.only.each([1])('g', run);",
      },
      violations: [1, 2, 3, 4, 5, 6, 7].map((line) => `src/core/a.test.ts:${line}`),
    },
    {
      files: {
        'src/core/a.test.ts':
          "it('a', (context) => context.skip(geth === undefined, 'geth is not on the PATH'));\nit.each([1])('b', run);\nlist.only();",
        'test/support/describe-if.ts': 'describe.skip(name, body);',
      },
      violations: [],
    },
  ],
};

interface Call {
  /** Dotted, as far as it is made of names: `it.skipIf`, `fc.assert`. */
  readonly name: string;
  readonly node: ts.CallExpression;
}

function calls(file: TreeFile): readonly Call[] {
  return [...nodesUnder(file.syntax())].flatMap((node) =>
    ts.isCallExpression(node) ? [{ name: dotted(node.expression), node }] : [],
  );
}

function dotted(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? `${dotted(node.expression)}.${node.name.text}` : '';
}

/** By itself, or through what the tests share. */
function asserts(tree: Tree, file: TreeFile): boolean {
  if (calls(file).some(({ name }) => /^(expect|assert|match)|\.assert$/.test(name))) return true;
  return importsOf(file).some(({ target }) => {
    const imported = target === undefined ? undefined : tree.file(target);
    return imported !== undefined && isTestCode(imported.path) && asserts(tree, imported);
  });
}

function testFiles(tree: Tree): readonly TreeFile[] {
  return typeScriptFiles(tree).filter(({ path }) => isTest(path));
}

function markWithoutReason(name: string): string | undefined {
  const [runner = '', ...marks] = name.split('.');
  const mark = runners.has(runner) ? marks.find((part) => unreasoned.has(part)) : undefined;
  return mark === undefined ? undefined : `${runner}.${mark} does not say why`;
}

function skipWithoutReason(call: ts.CallExpression): string | undefined {
  return call.arguments.some((argument) => !isCondition(argument))
    ? undefined
    : 'context.skip() does not say why';
}

/** A first argument that is no text is the condition; the reason follows it. */
function isCondition(argument: ts.Expression): boolean {
  return (
    !ts.isStringLiteralLike(argument) && !ts.isTemplateExpression(argument) && !ts.isIdentifier(argument)
  );
}
