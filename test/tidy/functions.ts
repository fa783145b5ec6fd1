import ts from 'typescript';
import { lineOf, nodesUnder, type TreeFile } from './tree.ts';

export interface FunctionFacts {
  readonly file: TreeFile;
  /** `name`, `Class.name`, or `anonymous` for one without a name of its own. */
  readonly name: string;
  readonly named: boolean;
  readonly line: number;
  /** From its first line to its last. */
  readonly lines: number;
  readonly parameters: number;
}

/** Every function with a body. Named: declarations, methods, constructors, and functions bound to a name. */
export function functionsOf(file: TreeFile): readonly FunctionFacts[] {
  return [...nodesUnder(file.syntax())].filter(isFunctionWithBody).map((node) => {
    const syntax = file.syntax();
    const line = lineOf(file, node);
    const name = nameOf(node);
    const parameters = node.parameters.filter((parameter) => parameter.name.getText(syntax) !== 'this');
    return {
      file,
      name: name ?? 'anonymous',
      named: name !== undefined,
      line,
      lines: syntax.getLineAndCharacterOfPosition(node.getEnd()).line + 2 - line,
      parameters: parameters.length,
    };
  });
}

type FunctionNode = ts.FunctionLikeDeclaration & { readonly body: ts.Node };

function isFunctionWithBody(node: ts.Node): node is FunctionNode {
  return ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

function nameOf(node: FunctionNode): string | undefined {
  if (ts.isConstructorDeclaration(node)) return `${classNameOf(node)}constructor`;
  if (node.name !== undefined) return `${classNameOf(node)}${node.name.getText()}`;
  const parent = node.parent;
  if (
    ts.isVariableDeclaration(parent) ||
    ts.isPropertyAssignment(parent) ||
    ts.isPropertyDeclaration(parent)
  ) {
    return parent.name.getText();
  }
  return undefined;
}

function classNameOf(node: FunctionNode): string {
  return ts.isClassLike(node.parent) && node.parent.name !== undefined ? `${node.parent.name.text}.` : '';
}
