import { relative } from 'node:path';
import ts from 'typescript';
import { isTestCode, nodesUnder, projectRoot } from './tree.ts';

/**
 * Promises that nobody waits for, with the compiler's own knowledge of types: the linter's rule knows our code and
 * not that of Node and of libraries. A promise that is meant to run by itself says so: `void run()`, and handles its
 * errors inside.
 */
export function droppedPromises(program: ts.Program, isOurs: (path: string) => boolean): readonly string[] {
  const checker = program.getTypeChecker();
  return program
    .getSourceFiles()
    .filter((file) => isOurs(file.fileName))
    .flatMap((file) =>
      [...nodesUnder(file)].flatMap((node) => {
        const what = dropped(checker, node);
        const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1;
        return what === undefined ? [] : [`${relative(projectRoot, file.fileName)}:${line}  ${what}`];
      }),
    );
}

function dropped(checker: ts.TypeChecker, node: ts.Node): string | undefined {
  if (ts.isExpressionStatement(node) && isUnhandled(checker, node.expression)) {
    return 'drops a promise: await it, return it, or write `void` before one that handles its own errors';
  }
  // In a test the failure shows anyway: the runner reports whatever is rejected.
  if (!isTestCode(node.getSourceFile().fileName) && isAsyncFunction(node) && isTakenAsVoid(checker, node)) {
    return 'hands an async function to a caller that ignores its promise: catch inside, and start it with `void`';
  }
  return undefined;
}

function isUnhandled(checker: ts.TypeChecker, expression: ts.Expression): boolean {
  if (ts.isAwaitExpression(expression) || ts.isVoidExpression(expression)) return false;
  if (ts.isBinaryExpression(expression) && isAssignment(expression.operatorToken.kind)) return false;
  return isPromise(checker, expression) && !isHandled(checker, expression);
}

function isAssignment(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** `.catch(f)`, `.then(f, g)`, and `.finally(f)` after either. */
function isHandled(checker: ts.TypeChecker, expression: ts.Expression): boolean {
  if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression)) return false;
  const { name, expression: before } = expression.expression;
  if (name.text === 'catch') return expression.arguments.length > 0;
  if (name.text === 'then') return expression.arguments.length > 1;
  return name.text === 'finally' && isPromise(checker, before) && isHandled(checker, before);
}

/** Something whose failure can be caught. */
function isPromise(checker: ts.TypeChecker, expression: ts.Expression): boolean {
  const type = checker.getTypeAtLocation(expression);
  const parts = type.isUnion() ? type.types : [type];
  return parts.some((part) => {
    // Both: a reply of fastify can be awaited and is no promise.
    const methods = [part.getProperty('then'), part.getProperty('catch')];
    return methods.every(
      (method) => method !== undefined && checker.getTypeOfSymbol(method).getCallSignatures().length > 0,
    );
  });
}

type AsyncFunction = ts.ArrowFunction | ts.FunctionExpression;

function isAsyncFunction(node: ts.Node): node is AsyncFunction {
  return (
    (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) &&
    node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true
  );
}

function isTakenAsVoid(checker: ts.TypeChecker, node: AsyncFunction): boolean {
  if (!ts.isCallExpression(node.parent) && !ts.isNewExpression(node.parent)) return false;
  const wanted = checker.getContextualType(node);
  const signatures = wanted === undefined ? [] : signaturesOf(wanted);
  return (
    signatures.length > 0 &&
    signatures.every((signature) => (signature.getReturnType().flags & ts.TypeFlags.Void) !== 0)
  );
}

function signaturesOf(type: ts.Type): readonly ts.Signature[] {
  return (type.isUnion() ? type.types : [type]).flatMap((part) => part.getCallSignatures());
}
