import { type Import, importsOf } from '../imports.ts';
import { placeOf, refusal } from '../layers.ts';
import type { Rule, Violation } from '../rule.ts';
import { isTest, type Tree, typeScriptFiles } from '../tree.ts';

/** base < core < ports < adapters and engines < config < operations < server, cli < app; type imports count. */
export const direction: Rule = {
  name: 'direction',
  instead:
    'Move what both need to an earlier row (a port, core, base), or compose the two in an operation. The table: test/tidy/layers.ts.',
  check: (tree) =>
    typeScriptFiles(tree, 'src/').flatMap((file) => [
      ...(placeOf(file.path) === undefined ? [unplaced(file.path)] : []),
      ...importsOf(file).flatMap((found) => judgeImport(tree, found)),
    ]),
  examples: [
    {
      files: {
        'src/base/clock.ts': "import type { Wish } from '../core/wish.ts';",
        'src/core/wish.ts': "export type Up = import('../config/schema.ts').Schema;",
        'src/config/schema.ts': 'export interface Schema {}',
      },
      violations: ['src/base/clock.ts:1', 'src/core/wish.ts:1'],
    },
    {
      files: {
        'src/runtimes/process/start.ts': "import { pull } from '../container/pull.ts';",
        'src/runtimes/container/pull.ts': "export { build } from '../../genesis/build.ts';",
        'src/genesis/build.ts': "export const build = await import('../mayfly/run.ts');",
        'src/mayfly/run.ts': 'export const run = 1;',
      },
      violations: [
        'src/runtimes/process/start.ts:1',
        'src/runtimes/container/pull.ts:1',
        'src/genesis/build.ts:1',
      ],
    },
    {
      files: {
        'src/operations/up.ts': "import { wire } from '../app/wire.ts';",
        'src/app/wire.ts': '',
        'src/cli/up.ts': "import { build } from '../genesis/build.ts';",
        'src/server/api.ts': "import { up } from '../cli/up.ts';",
        'src/genesis/build.ts': '',
      },
      violations: ['src/operations/up.ts:1', 'src/cli/up.ts:1', 'src/server/api.ts:1'],
    },
    {
      files: {
        'src/runtimes/runtime.ts': "import { tail } from './tail.ts';",
        'src/runtimes/tail.ts': '',
        'src/chain/http/find.ts': "import { tail } from '../../runtimes/tail.ts';",
        'src/stray/thing.ts': '',
        'src/base/here.ts': "import { gone } from './gone.ts';",
        'src/base/there.ts': "import { rule } from '../../test/rule.ts';",
      },
      violations: [
        'src/runtimes/runtime.ts:1',
        'src/chain/http/find.ts:1',
        'src/stray/thing.ts',
        'src/base/here.ts:1',
        'src/base/there.ts:1',
      ],
    },
    {
      files: {
        'src/base/clock.ts': '',
        'src/runtimes/runtime.ts': "import type { Clock } from '../base/clock.ts';",
        'src/runtimes/tail.ts': "import type { Runtime } from './runtime.ts';",
        'src/runtimes/process/start.ts': "import { tail } from '../tail.ts'; import './stop.ts';",
        'src/runtimes/process/stop.ts': '',
        'src/runtimes/conformance.ts': "import { cases } from './conformance/cases.ts';",
        'src/runtimes/conformance/cases.ts': '',
        'src/runtimes/fake/fake.test.ts': "import { cases } from '../conformance/cases.ts';",
        'src/runtimes/process/stop.test.ts': "import { tree } from '../../../test/support/tree.ts';",
        'src/operations/up.ts': "import { start } from '../runtimes/process/start.ts';",
        'src/cli/up.ts': "import { up } from '../operations/up.ts';",
        'src/app/main.ts': "import { up } from '../cli/up.ts';",
      },
      violations: [],
    },
  ],
};

function unplaced(path: string): Violation {
  return {
    path,
    what: 'its folder has no row in the direction table',
    instead: 'Add the folder to test/tidy/layers.ts.',
  };
}

function judgeImport(tree: Tree, found: Import): readonly Violation[] {
  const { from, line, target } = found;
  const violation = (what: string, instead?: string): readonly Violation[] => [
    { path: from.path, line, what, ...(instead === undefined ? {} : { instead }) },
  ];
  if (found.specifier === undefined) {
    return violation('imports something that only shows when it runs', 'Import by a literal name.');
  }
  if (target === undefined) return [];
  if (!target.startsWith('src/')) {
    return isTest(from.path) || target === 'package.json'
      ? []
      : violation(`imports ${target}, which is not part of the product`, 'Move it into src.');
  }
  if (tree.file(target) === undefined) {
    return violation(`imports ${target}, which is not there`, 'Name the file with its .ts ending.');
  }
  const [fromPlace, toPlace] = [placeOf(from.path), placeOf(target)];
  if (fromPlace === undefined || toPlace === undefined) return [];
  const reason = refusal(fromPlace, toPlace);
  return reason === undefined ? [] : violation(`imports ${target}: ${reason}`);
}
