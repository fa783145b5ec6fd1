import { type Import, importsOf } from '../imports.ts';
import { packageUses, testPackages } from '../packages.ts';
import type { Rule } from '../rule.ts';
import { isTest, typeScriptFiles } from '../tree.ts';

/** A library is used where the table says, and nowhere else. */
export const packages: Rule = {
  name: 'packages',
  instead:
    'Use it through the file that already does, or, when this is a new door for it, add the folder to test/tidy/packages.ts.',
  check: (tree) =>
    typeScriptFiles(tree, 'src/').flatMap((file) =>
      importsOf(file).flatMap((found) => {
        const what = misuse(found);
        return what === undefined ? [] : [{ path: file.path, line: found.line, what }];
      }),
    ),
  examples: [
    {
      files: {
        'src/cli/a.ts': "import { BeaconState } from '@lodestar/types/electra';",
        'src/cli/b.ts': "import type { ZodType } from 'zod';",
        'src/base/c.ts': "import { something } from 'left-pad';",
        'src/runtimes/conformance.ts': "import { it } from 'vitest';",
      },
      violations: ['src/cli/a.ts:1', 'src/cli/b.ts:1', 'src/base/c.ts:1', 'src/runtimes/conformance.ts:1'],
    },
    {
      files: {
        'src/mayfly/a.ts': "import { ssz } from '@lodestar/types';\nimport { join } from 'node:path';",
        'src/cli/a.test.ts': "import { it } from 'vitest';\nimport { parse } from 'yaml';",
      },
      violations: [],
    },
  ],
};

function misuse(found: Import): string | undefined {
  const { package: name, from } = found;
  if (name === undefined || isTest(from.path)) return undefined;
  if (testPackages.includes(name)) return `imports ${name}, which those who install the package do not have`;
  const use = packageUses[name];
  if (use === undefined) return `imports ${name}, which test/tidy/packages.ts does not list`;
  return use.folders.some((folder) => from.path.startsWith(folder))
    ? undefined
    : `imports ${name}, which belongs in ${use.folders.join(', ')}`;
}
