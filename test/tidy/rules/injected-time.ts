import { globalsUsed } from '../globals.ts';
import { importsOf } from '../imports.ts';
import type { Rule, Violation } from '../rule.ts';
import { isTestCode, type TreeFile } from '../tree.ts';

const timers = new Set(['setTimeout', 'setInterval', 'AbortSignal.timeout', 'AbortSignal.any']);
const readings = new Set(['Date.now', 'new Date()', 'performance.now', 'process.hrtime', 'Math.random']);

/**
 * Timers stand in src/base/clock.ts: a 28-day one overflows and fires at once, and a simulation cannot turn it.
 * AbortSignal.any is with them: Node 20 may collect what it made while somebody waits for it.
 */
export const timersInClock: Rule = {
  name: 'timers',
  instead:
    'Take a Clock (src/base/clock.ts) and `await clock.sleep(ms, signal)`, or `sleepUntil` for long waits; `boundBy` (src/base/bound-signal.ts) for a signal made of others. A timer that must be real gets a line with its reason in test/tidy/exceptions.json.',
  check: (tree) =>
    productFiles(tree.files).flatMap((file) => [
      ...usesOf(file, timers),
      ...importsOf(file)
        .filter(({ specifier = '' }) => /^(node:)?timers(\/|$)/.test(specifier))
        .map(({ line, specifier }) => ({ path: file.path, line, what: `imports ${specifier}` })),
    ]),
  examples: [
    {
      files: {
        'src/mayfly/a.ts':
          'setTimeout(() => 1, 5);\nconst t = setInterval;\nAbortSignal.timeout(5);\nAbortSignal.any([]);',
        'src/mayfly/b.ts': "import { setTimeout as sleep } from 'node:timers/promises';",
      },
      violations: [
        'src/mayfly/a.ts:1',
        'src/mayfly/a.ts:2',
        'src/mayfly/a.ts:3',
        'src/mayfly/a.ts:4',
        'src/mayfly/b.ts:1',
      ],
    },
    {
      files: {
        'src/mayfly/a.ts': 'clearTimeout(timer);\nawait clock.sleep(5);\nsetImmediate(run);',
        'src/mayfly/a.test.ts': 'setTimeout(() => 1, 5);',
      },
      violations: [],
    },
  ],
};

/** The time and the dice are handed in, so that a run can be repeated. */
export const injectedTime: Rule = {
  name: 'injected-time',
  instead:
    'Take a Clock or a Random as an argument and let src/app hand in the real one; for a date, `new Date(clock.nowMs())`.',
  check: (tree) => productFiles(tree.files).flatMap((file) => usesOf(file, readings)),
  examples: [
    {
      files: {
        'src/cli/a.ts':
          'Date.now();\nnew Date();\nMath.random();\nconst now = performance.now;\nprocess.hrtime();',
      },
      violations: [1, 2, 3, 4, 5].map((line) => `src/cli/a.ts:${line}`),
    },
    {
      files: {
        'src/cli/a.ts': 'new Date(clock.nowMs()); Date.parse(text); Math.max(1, 2);',
        'src/cli/a.test.ts': 'Date.now();',
      },
      violations: [],
    },
  ],
};

function productFiles(files: readonly TreeFile[]): readonly TreeFile[] {
  return files.filter(({ path }) => path.startsWith('src/') && path.endsWith('.ts') && !isTestCode(path));
}

function usesOf(file: TreeFile, names: ReadonlySet<string>): readonly Violation[] {
  return globalsUsed(file)
    .filter(({ name }) => names.has(name))
    .map(({ name, line }) => ({ path: file.path, line, what: `uses ${name}` }));
}
