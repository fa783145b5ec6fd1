import ts from 'typescript';
import { lineOf, nodesUnder, type TreeFile } from './tree.ts';

export interface GlobalUse {
  /** `setTimeout`, `process`, `Date.now`, `new Date()`. */
  readonly name: string;
  readonly line: number;
}

/** Values that a file uses and does not itself declare or import, as `name`, `name.member` and `new name()`. */
export function globalsUsed(file: TreeFile): readonly GlobalUse[] {
  const nodes = [...nodesUnder(file.syntax())];
  const declared = new Set(nodes.flatMap(declaredName));
  return nodes.flatMap((node) =>
    namesIn(node)
      .filter((name) => !declared.has(name.replace(/^new |[.(].*$/g, '')))
      .map((name) => ({ name, line: lineOf(file, node) })),
  );
}

function namesIn(node: ts.Node): readonly string[] {
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression)) {
    return (node.arguments ?? []).length === 0 ? [`new ${node.expression.text}()`] : [];
  }
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const { text } = node.expression;
    return [text === 'globalThis' ? node.name.text : `${text}.${node.name.text}`];
  }
  return ts.isIdentifier(node) && isValue(node) ? [node.text] : [];
}

/** Declarations, member names and types only look like uses. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if ('name' in parent && parent.name === node) return false;
  if ('propertyName' in parent && parent.propertyName === node) return false;
  return !ts.isTypeNode(parent) && !ts.isQualifiedName(parent) && !ts.isExportSpecifier(parent);
}

function declaredName(node: ts.Node): readonly string[] {
  const declares =
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isImportSpecifier(node) ||
    ts.isImportClause(node) ||
    ts.isNamespaceImport(node);
  return declares && node.name !== undefined && ts.isIdentifier(node.name) ? [node.name.text] : [];
}
