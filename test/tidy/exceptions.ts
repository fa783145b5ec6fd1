import type { Rule, Violation } from './rule.ts';
import type { Tree } from './tree.ts';

export const exceptionsPath = 'test/tidy/exceptions.json';

/** Rule name -> path -> the reason why that file may break it. */
type Exceptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What `rule` finds, less what the exceptions excuse, plus exceptions that excuse nothing any more. */
export function judge(rule: Rule, tree: Tree): readonly Violation[] {
  const excused = exceptionsIn(tree)[rule.name] ?? {};
  const found = rule.check(tree);
  const stale = Object.keys(excused)
    .filter((path) => !found.some((violation) => violation.path === path))
    .map((path) => ({
      path: exceptionsPath,
      what: `${rule.name} excuses ${path}, which does not break it`,
      instead: 'Take the line out of the exceptions.',
    }));
  const kept = found.filter((violation) => (excused[violation.path] ?? '').length < shortestReason);
  return [...kept, ...stale];
}

/** An excuse says why; "needed" is not a reason. */
const shortestReason = 20;

export function describeViolation(rule: Rule, violation: Violation): string {
  const where = violation.line === undefined ? violation.path : `${violation.path}:${violation.line}`;
  return `${where}  [${rule.name}] ${violation.what}\n    ${violation.instead ?? rule.instead}`;
}

function exceptionsIn(tree: Tree): Exceptions {
  return JSON.parse(tree.file(exceptionsPath)?.text ?? '{}') as Exceptions;
}
