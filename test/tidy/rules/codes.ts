import ts from 'typescript';
import { importsOf } from '../imports.ts';
import type { Rule, Violation } from '../rule.ts';
import { isTest, lineOf, nodesUnder, type Tree, type TreeFile, typeScriptFiles } from '../tree.ts';

interface CodeDeclaration {
  readonly code: string;
  readonly kind: 'error' | 'finding';
  readonly path: string;
  readonly line: number;
}

interface Kind {
  readonly define: string;
  readonly registry: string;
}

const kinds: Readonly<Record<CodeDeclaration['kind'], Kind>> = {
  error: {
    define: 'defineErrors',
    registry: 'src/app/registries/errors.ts',
  },
  finding: {
    define: 'defineFindings',
    registry: 'src/app/registries/findings.ts',
  },
};

const form = /^EPH(-[A-Z0-9]+){2,}$/;

/** A code is a promise: one meaning, and a place in the registry, from which the reference is made. */
export const codes: Rule = {
  name: 'codes',
  instead: 'Codes are EPH-AREA-WHAT, each declared once; its family has a line in the registry.',
  check: (tree) => {
    const declared = typeScriptFiles(tree, 'src/')
      .filter((file) => !isTest(file.path))
      .flatMap(codesIn);
    return [
      ...declared
        .filter(({ code }) => !form.test(code))
        .map((found) => violation(found, `${found.code} is not EPH-AREA-WHAT`)),
      ...declared
        .filter((found) => isSecond(found, declared))
        .map((found) => violation(found, `${found.code} is declared twice`)),
      ...declared.flatMap((found) => unlisted(tree, found)),
    ];
  },
  examples: [
    {
      files: {
        'src/runtimes/errors.ts':
          "export const a = defineErrors({ 'EPH-RUNTIME-GONE': error({}), 'EPH-runtime': error({}) });",
        'src/core/findings/clock.ts':
          "export const b = defineFindings({\n'EPH-RUNTIME-GONE': finding({}) });",
        'src/app/registries/errors.ts': "import { a } from '../../runtimes/errors.ts';",
        'src/app/registries/findings.ts': '',
      },
      violations: [
        'src/runtimes/errors.ts:1',
        'src/core/findings/clock.ts:2',
        'src/core/findings/clock.ts:2',
      ],
    },
    {
      files: {
        'src/runtimes/errors.ts': "export const a = defineErrors({ 'EPH-RUNTIME-GONE': error({}) });",
        'src/app/registries/errors.ts': "import { a } from '../../releases/errors.ts';",
      },
      violations: ['src/runtimes/errors.ts:1'],
    },
    {
      files: {
        'src/runtimes/errors.ts': "export const a = defineErrors({ 'EPH-RUNTIME-GONE': error({}) });",
        'src/app/registries/errors.ts': "import { a } from '../../runtimes/errors.ts';",
      },
      violations: [],
    },
  ],
};

function codesIn(file: TreeFile): readonly CodeDeclaration[] {
  return [...nodesUnder(file.syntax())].flatMap((node) => {
    const kind = kindOfCall(node);
    const table = kind === undefined ? undefined : (node as ts.CallExpression).arguments[0];
    if (kind === undefined || table === undefined || !ts.isObjectLiteralExpression(table)) return [];
    return table.properties.flatMap(({ name }) =>
      name !== undefined && ts.isStringLiteral(name)
        ? [{ code: name.text, kind, path: file.path, line: lineOf(file, name) }]
        : [],
    );
  });
}

function kindOfCall(node: ts.Node): CodeDeclaration['kind'] | undefined {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return undefined;
  const called = node.expression.text;
  return (['error', 'finding'] as const).find((kind) => kinds[kind].define === called);
}

function isSecond(found: CodeDeclaration, all: readonly CodeDeclaration[]): boolean {
  return all.findIndex(({ code }) => code === found.code) !== all.indexOf(found);
}

function unlisted(tree: Tree, found: CodeDeclaration): readonly Violation[] {
  const { registry } = kinds[found.kind];
  const list = tree.file(registry);
  const registered = list !== undefined && importsOf(list).some(({ target }) => target === found.path);
  return registered
    ? []
    : [{ ...violation(found, `${found.code} is not registered`), instead: `Add its family to ${registry}.` }];
}

function violation({ path, line }: CodeDeclaration, what: string): Violation {
  return { path, line, what };
}
