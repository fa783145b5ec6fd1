import ts from 'typescript';
import type { Rule, Violation } from '../rule.ts';
import { isTest, lineOf, nodesUnder, type Tree, type TreeFile, typeScriptFiles } from '../tree.ts';

const catalogue = 'src/core/clients/';
const entry = /^src\/core\/clients\/(?:execution|consensus|validator|signer)\/([a-z0-9-]+)\.ts$/;
/** What programs of one project have in common stands beside the layers. */
const ownPlaces = /^src\/core\/clients\/(?:execution|consensus|validator|signer|programs)\//;

/** What is peculiar to a client stands in its own file: nobody else asks which client it is. */
export const clientIfs: Rule = {
  name: 'client-ifs',
  instead: `Declare the fact in \`ClientDefinition\` (${catalogue}client.ts), and ask for the fact instead of the name.`,
  check: (tree) => {
    const ids = idsIn(tree);
    return typeScriptFiles(tree, 'src/')
      .filter(({ path }) => !isTest(path) && !ownPlaces.test(path))
      .flatMap((file) => judge(file, ids));
  },
  examples: [
    {
      files: {
        'src/core/clients/execution/geth.ts': '',
        'src/core/clients/validator/vero.ts': '',
        'src/operations/a.ts':
          "if (client.id === 'geth') f();\nconst is = 'vero' !== id;\nswitch (id) {\n  case 'geth':\n}\nconst odd = ['geth', 'x'].includes(id);\nid.startsWith('vero');\nconst by = { geth: 1 }[id];",
      },
      violations: [1, 2, 4, 6, 7, 8].map((line) => `src/operations/a.ts:${line}`),
    },
    {
      files: {
        'src/core/clients/execution/geth.ts': '',
        'src/operations/a.ts':
          "const old = new Set(['x', 'geth'] as const);\nif (old.has(id)) f();\nnew Map([['geth', 1]]).get(id);\nconst by = { geth: 1 } as const;\nby[id];\nconst names = ['geth'];\nnames.includes(id);",
      },
      violations: [2, 3, 5, 7].map((line) => `src/operations/a.ts:${line}`),
    },
    {
      files: {
        'src/core/clients/execution/geth.ts': "if (id === 'geth') f();",
        'src/core/clients/programs/geth.ts': "if (id === 'geth') f();",
        'src/operations/a.ts':
          "const pair = { execution: 'geth' };\nif (id === 'other') f();\nconst names = ['geth'];\nf('geth');",
        'src/operations/a.test.ts': "if (id === 'geth') f();",
        'src/operations/b.ts':
          "const made = new Set(['x']);\nmade.has('geth');\nconst by = { x: 1 };\nby[id];\nnew Map([['x', 'y']]).get(id);",
      },
      violations: [],
    },
  ],
};

function idsIn({ files }: Tree): ReadonlySet<string> {
  return new Set(files.flatMap(({ path }) => entry.exec(path)?.[1] ?? []));
}

function judge(file: TreeFile, ids: ReadonlySet<string>): readonly Violation[] {
  const syntax = file.syntax();
  const isId = (node: ts.Node) => ts.isStringLiteralLike(node) && ids.has(node.text);
  const tables = tablesIn(syntax);
  const holdsId = (node: ts.Node): boolean =>
    isId(node) || (ts.isArrayLiteralExpression(node) && node.elements.some(holdsId));
  const isTable = (given: ts.Expression): boolean => {
    const node = plain(given);
    if (ts.isIdentifier(node)) {
      const table = tables.get(node.text);
      return table !== undefined && isTable(table);
    }
    if (ts.isNewExpression(node)) return node.arguments?.some((one) => holdsId(plain(one))) === true;
    if (ts.isObjectLiteralExpression(node))
      return node.properties.some(
        ({ name }) => name !== undefined && ids.has(name.getText(syntax).replaceAll(/['"]/g, '')),
      );
    return holdsId(node);
  };
  const asks = (node: ts.Node): boolean => {
    if (ts.isBinaryExpression(node))
      return comparisons.has(node.operatorToken.kind) && [node.left, node.right].some(isId);
    if (ts.isCaseClause(node)) return isId(node.expression);
    if (ts.isElementAccessExpression(node)) return isTable(node.expression);
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
    const { name, expression } = node.expression;
    if (/^(startsWith|endsWith)$/.test(name.text)) return node.arguments.some(isId);
    if (name.text === 'includes') return isTable(expression) || node.arguments.some(isId);
    return /^(has|get)$/.test(name.text) && isTable(expression);
  };
  return [...nodesUnder(syntax)].filter(asks).map((node) => ({
    path: file.path,
    line: lineOf(file, node),
    what: `it asks for a client by name: ${node.getText(syntax).split('\n')[0]?.slice(0, 60)}`,
  }));
}

/** Tables that are written out in a file, by their names. */
function tablesIn(syntax: ts.SourceFile): ReadonlyMap<string, ts.Expression> {
  const tables = new Map<string, ts.Expression>();
  for (const node of nodesUnder(syntax)) {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || node.initializer === undefined)
      continue;
    const value = plain(node.initializer);
    if (
      ts.isArrayLiteralExpression(value) ||
      ts.isObjectLiteralExpression(value) ||
      ts.isNewExpression(value)
    )
      tables.set(node.name.text, value);
  }
  return tables;
}

/** Without what only the compiler reads: `as const`, `satisfies X`, parentheses. */
function plain(node: ts.Expression): ts.Expression {
  const isWrapped =
    ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node);
  return isWrapped ? plain(node.expression) : node;
}

const comparisons = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
]);
