import type { Tree } from './tree.ts';

export interface Violation {
  readonly path: string;
  readonly line?: number;
  /** What is there, in one line. */
  readonly what: string;
  /** What to do about this one, where the rule's own advice is too general. */
  readonly instead?: string;
}

/** A small made-up project. */
export interface Example {
  readonly files: Readonly<Record<string, string>>;
  readonly machineFolders?: readonly string[];
  /** `path` or `path:line` of every violation in it, in any order. None: it is a good example. */
  readonly violations: readonly string[];
}

/**
 * A rule of the house that a machine can judge. The examples prove that it can fail and can pass; a rule
 * without a bad one is itself refused.
 */
export interface Rule {
  readonly name: string;
  /** What to do instead, said to whoever just broke it. */
  readonly instead: string;
  check(tree: Tree): readonly Violation[];
  readonly examples: readonly Example[];
}
