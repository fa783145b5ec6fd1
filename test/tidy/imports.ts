import { posix } from 'node:path';
import ts from 'typescript';
import { lineOf, nodesUnder, type TreeFile } from './tree.ts';

export type ImportKind =
  /** Runs when the file is loaded. */
  | 'static'
  /** `await import()`: runs when it is reached. */
  | 'dynamic'
  /** Gone after compilation, and counted all the same: it ties two files to each other. */
  | 'type';

export interface Import {
  readonly from: TreeFile;
  readonly line: number;
  readonly kind: ImportKind;
  /** As written. Undefined when it is not a literal, so that nobody can tell what is loaded. */
  readonly specifier: string | undefined;
  /** Of a relative import: the project path. */
  readonly target: string | undefined;
  /** Of a bare import that is not of Node: the package's name. */
  readonly package: string | undefined;
}

const known = new WeakMap<TreeFile, readonly Import[]>();

/** Every import of a file: declarations, re-exports, `import()` and `import('…')` types. */
export function importsOf(file: TreeFile): readonly Import[] {
  const before = known.get(file);
  if (before !== undefined) return before;
  const found = [...nodesUnder(file.syntax())].flatMap((node) => {
    const reference = referenceIn(node);
    return reference === undefined ? [] : [toImport(file, node, reference)];
  });
  known.set(file, found);
  return found;
}

interface Reference {
  readonly kind: ImportKind;
  readonly specifier: ts.Node | undefined;
}

function referenceIn(node: ts.Node): Reference | undefined {
  if (ts.isImportDeclaration(node)) {
    return {
      kind: declaresTypesOnly(node.importClause) ? 'type' : 'static',
      specifier: node.moduleSpecifier,
    };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { kind: node.isTypeOnly ? 'type' : 'static', specifier: node.moduleSpecifier };
  }
  if (ts.isImportTypeNode(node)) {
    return {
      kind: 'type',
      specifier: ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined,
    };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return { kind: 'dynamic', specifier: node.arguments[0] };
  }
  return undefined;
}

/** `import { type A }` still loads the module under verbatimModuleSyntax; only `import type` does not. */
function declaresTypesOnly(clause: ts.ImportClause | undefined): boolean {
  return clause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function toImport(from: TreeFile, node: ts.Node, reference: Reference): Import {
  const literal = reference.specifier !== undefined && ts.isStringLiteralLike(reference.specifier);
  const specifier = literal ? (reference.specifier as ts.StringLiteralLike).text : undefined;
  const relative = specifier?.startsWith('.') === true;
  return {
    from,
    line: lineOf(from, node),
    kind: reference.kind,
    specifier,
    target: relative ? posix.join(posix.dirname(from.path), specifier) : undefined,
    package: specifier === undefined || relative ? undefined : packageOf(specifier),
  };
}

function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return undefined;
  const [first, second] = specifier.split('/');
  return specifier.startsWith('@') ? `${first}/${second}` : first;
}
