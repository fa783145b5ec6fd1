import { describe, expect, it } from 'vitest';
import { describeViolation, exceptionsPath, judge } from './exceptions.ts';
import { baselinePath } from './ratchet.ts';
import type { Rule, Violation } from './rule.ts';
import { rules } from './rules.ts';
import { projectTree, treeOf } from './tree.ts';

const project = projectTree();

describe.each(rules.map((rule) => [rule.name, rule] as const))('rule %s', (_name, rule) => {
  it('holds in this project', () => {
    const broken = judge(rule, project).map((violation) => describeViolation(rule, violation));
    expect(broken.join('\n'), `${broken.length} places`).toBe('');
  });

  it.each(rule.examples.map((example, index) => [index, example] as const))(
    'judges example %i as it should',
    (_index, example) => {
      const tree = treeOf(example.files, example.machineFolders);
      expect(rule.check(tree).map(placeOf).sort()).toEqual([...example.violations].sort());
    },
  );

  it('has an example that breaks it and one that does not, and says what to do instead', () => {
    expect(rule.examples.some(({ violations }) => violations.length > 0)).toBe(true);
    expect(rule.examples.some(({ violations }) => violations.length === 0)).toBe(true);
    expect(rule.instead.length).toBeGreaterThan(20);
  });
});

describe('exceptions', () => {
  const rule: Rule = {
    name: 'no-a',
    instead: 'Use b.',
    check: (tree) =>
      tree.files.filter(({ text }) => text === 'a').map(({ path }) => ({ path, what: 'is a' })),
    examples: [],
  };
  const excusing = (excuses: Readonly<Record<string, string>>) => ({
    [exceptionsPath]: JSON.stringify({ 'no-a': excuses }),
  });

  it('excuse a file for a reason', () => {
    const tree = treeOf({ 'x.ts': 'a', ...excusing({ 'x.ts': 'it is what the standard calls it' }) });
    expect(judge(rule, tree)).toEqual([]);
  });

  it('do not excuse without a reason', () => {
    const tree = treeOf({ 'x.ts': 'a', ...excusing({ 'x.ts': 'needed' }) });
    expect(judge(rule, tree).map(placeOf)).toEqual(['x.ts']);
  });

  it('are refused when nothing needs them', () => {
    const tree = treeOf({ 'x.ts': 'b', ...excusing({ 'x.ts': 'it is what the standard calls it' }) });
    expect(judge(rule, tree).map(placeOf)).toEqual([exceptionsPath]);
  });

  it('and the baseline name only rules that exist', () => {
    const names = rules.map(({ name }) => name);
    const named = [exceptionsPath, baselinePath].flatMap((path) =>
      Object.keys(JSON.parse(project.file(path)?.text ?? '{}') as object),
    );
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });
});

function placeOf({ path, line }: Violation): string {
  return line === undefined ? path : `${path}:${line}`;
}
