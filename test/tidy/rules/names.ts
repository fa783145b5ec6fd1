import ts from 'typescript';
import type { Rule, Violation } from '../rule.ts';
import { lineOf, nodesUnder, type TreeFile, typeScriptFiles } from '../tree.ts';

/** Words that say nothing of what is inside, so that everything ends up there. */
const emptyWords = ['util', 'utils', 'helper', 'helpers', 'manager', 'managers', 'misc'];
const emptyInPaths = [...emptyWords, 'common'];
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** Files and folders: lower-case words with dashes, and none of the words that say nothing. */
export const fileNames: Rule = {
  name: 'file-names',
  instead: 'Name it for the one thing it holds, in lower-case words with dashes: `reset-flow.ts`.',
  check: (tree) =>
    tree.files
      .filter(({ path }) => /^(src|test|tools)\//.test(path) && !/\/(fixtures|cases)\//.test(path))
      .flatMap(({ path }) => judgePath(path)),
  examples: [
    {
      files: {
        'src/core/stringUtils.ts': '',
        'src/helpers/a.ts': '',
        'tools/common.ts': '',
        'src/core/reset_flow.ts': '',
        'src/core/task-manager.ts': '',
      },
      violations: [
        'src/core/stringUtils.ts',
        'src/helpers/a.ts',
        'tools/common.ts',
        'src/core/reset_flow.ts',
        'src/core/task-manager.ts',
      ],
    },
    {
      files: {
        'src/core/reset-flow.test.ts': '',
        'test/fixtures/Odd_Name.txt': '',
        'README.md': '',
        'src/core/commonwealth.ts': '',
      },
      violations: [],
    },
  ],
};

/** Classes, functions, types and variables. */
export const declaredNames: Rule = {
  name: 'declared-names',
  instead: 'Name it for what it does or holds: a ResetManager is a reset machine, a queue, or a function.',
  check: (tree) => typeScriptFiles(tree).flatMap(judgeDeclarations),
  examples: [
    {
      files: {
        'src/core/a.ts':
          'class NodeManager {}\nfunction urlHelper() {}\nconst dateUtils = 1;\ninterface KeyManagers {}\ntype MiscThings = 1;',
      },
      violations: [1, 2, 3, 4, 5].map((line) => `src/core/a.ts:${line}`),
    },
    {
      files: {
        'src/core/a.ts': "import { inspect } from 'node:util';\nconst management = utility(dockerManager());",
      },
      violations: [],
    },
  ],
};

function judgePath(path: string): readonly Violation[] {
  return path.split('/').flatMap((segment, index, all) => {
    const name = index === all.length - 1 ? segment.replace(/(\.[a-z0-9]+)+$/, '') : segment;
    const words = name.split(/[-_.]|(?<=[a-z])(?=[A-Z])/).map((word) => word.toLowerCase());
    const empty = words.find((word) => emptyInPaths.includes(word));
    if (empty !== undefined) return [{ path, what: `"${empty}" says nothing of what is inside` }];
    return kebab.test(name) ? [] : [{ path, what: `"${name}" is not lower-case words with dashes` }];
  });
}

function judgeDeclarations(file: TreeFile): readonly Violation[] {
  return [...nodesUnder(file.syntax())].flatMap((node) => {
    const name = declaredName(node);
    const empty = name
      ?.split(/(?<=[a-z0-9])(?=[A-Z])|_/)
      .find((word) => emptyWords.includes(word.toLowerCase()));
    return name === undefined || empty === undefined
      ? []
      : [{ path: file.path, line: lineOf(file, node), what: `"${empty}" in ${name} says nothing` }];
  });
}

function declaredName(node: ts.Node): string | undefined {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node);
  return declares && node.name !== undefined && ts.isIdentifier(node.name) ? node.name.text : undefined;
}
