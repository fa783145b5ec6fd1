import { globalsUsed } from '../globals.ts';
import { importsOf } from '../imports.ts';
import type { Rule, Violation } from '../rule.ts';
import { isTest, type TreeFile, typeScriptFiles } from '../tree.ts';

/** Node modules that only compute. */
const pureNodeModules = ['node:crypto', 'node:buffer', 'node:path', 'node:url', 'node:util', 'node:assert'];
/** Packages that only compute and load in a few milliseconds. */
const purePackages = /^@(noble|scure)\//;
const impureGlobals = new Set([
  'process',
  'fetch',
  'console',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'Date.now',
  'Math.random',
  'new Date()',
]);

/** The domain decides; it does not touch the world. */
export const pureCore: Rule = {
  name: 'pure-core',
  instead:
    'Take the fact as an argument (a time in ms, a Random, text already read), or leave the deed to an adapter behind a port.',
  check: (tree) =>
    typeScriptFiles(tree, 'src/core/')
      .filter((file) => !isTest(file.path))
      .flatMap((file) => [...impureImports(file), ...impureCalls(file)]),
  examples: [
    {
      files: {
        'src/core/a.ts': "import { readFile } from 'node:fs/promises';\nimport net from 'net';",
        'src/core/b.ts': "import type { Agent } from 'node:http';",
        'src/core/c.ts': "import { z } from 'zod';\nawait import('node:child_process');",
        'src/core/d.ts': "import { lookup } from 'node:dns';",
      },
      violations: [
        'src/core/a.ts:1',
        'src/core/a.ts:2',
        'src/core/b.ts:1',
        'src/core/c.ts:1',
        'src/core/c.ts:2',
        'src/core/d.ts:1',
      ],
    },
    {
      files: {
        'src/core/a.ts':
          'process.env.HOME;\nDate.now();\nMath.random();\nsetTimeout(() => 1, 2);\nnew Date();\nglobalThis.fetch("");',
      },
      violations: [1, 2, 3, 4, 5, 6].map((line) => `src/core/a.ts:${line}`),
    },
    {
      files: {
        'src/core/a.ts':
          "import { sha256 } from '@noble/hashes/sha2.js';\nimport { createHash } from 'node:crypto';\nnew Date(0);\nconst facts = { process: 1 };\nfacts.process;",
        'src/core/a.test.ts': "import { readFileSync } from 'node:fs';",
        'src/runtimes/process/a.ts': "import { spawn } from 'node:child_process';",
      },
      violations: [],
    },
  ],
};

function impureImports(file: TreeFile): readonly Violation[] {
  return importsOf(file)
    .filter(({ target, specifier = '' }) => target === undefined && !isPure(specifier))
    .map(({ line, specifier }) => ({
      path: file.path,
      line,
      what: `core imports ${specifier ?? 'by a computed name'}`,
    }));
}

function isPure(specifier: string): boolean {
  return pureNodeModules.includes(specifier) || purePackages.test(specifier);
}

function impureCalls(file: TreeFile): readonly Violation[] {
  return globalsUsed(file)
    .filter(({ name }) => impureGlobals.has(name))
    .map(({ name, line }) => ({ path: file.path, line, what: `core uses ${name}` }));
}
