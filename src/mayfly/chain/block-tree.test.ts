import { beforeEach, describe, expect, it } from 'vitest';
import type { BlockSummary } from '../types.ts';
import { BlockTree } from './block-tree.ts';

const make = (name: string, slot: number, parentRoot: string): BlockSummary => ({
  root: name,
  slot,
  parentRoot,
  stateRoot: `state of ${name}`,
  proposerIndex: 0,
  executionHash: `payload of ${name}`,
});

/** genesis - a1 - a2 - a4, with b3 - b5 from a2. */
describe('the tree of blocks', () => {
  let tree: BlockTree;
  beforeEach(() => {
    tree = new BlockTree(make('genesis', 0, 'nothing'));
    for (const [name, slot, parent] of [
      ['a1', 1, 'genesis'],
      ['a2', 2, 'a1'],
      ['a4', 4, 'a2'],
      ['b3', 3, 'a2'],
      ['b5', 5, 'b3'],
    ] as const) {
      tree.add(make(name, slot, parent));
    }
    tree.moveHead('a4');
  });

  it('moves the head over a fork and tells both branches', () => {
    const { ancestor, left, joined } = tree.moveHead('b5');
    expect(ancestor.root).toBe('a2');
    expect(left.map((block) => block.root)).toEqual(['a4']);
    expect(joined.map((block) => block.root)).toEqual(['b3', 'b5']);
    expect(tree.canonicalAt(4)).toBeUndefined();
    expect(tree.canonicalAt(3)?.root).toBe('b3');
    expect([tree.isCanonical('a4'), tree.isCanonical('b5')]).toEqual([false, true]);
  });

  it('moves back to an ancestor', () => {
    const { left, joined } = tree.moveHead('a1');
    expect(left.map((block) => block.root)).toEqual(['a4', 'a2']);
    expect(joined).toEqual([]);
    expect(tree.head.root).toBe('a1');
    expect(tree.canonicalAt(2)).toBeUndefined();
  });

  it('answers for a slot without a block with the one before it', () => {
    expect(tree.canonicalUpTo(3).root).toBe('a2');
    expect(tree.canonicalUpTo(99).root).toBe('a4');
    expect(tree.canonicalUpTo(0).root).toBe('genesis');
  });

  it('knows children and forks of a slot', () => {
    tree.add(make('c3', 3, 'a2'));
    expect(tree.childrenOf('a2').map((block) => block.root)).toEqual(['a4', 'b3', 'c3']);
    expect(tree.atSlot(3).map((block) => block.root)).toEqual(['b3', 'c3']);
    expect([tree.isDescendant('b5', 'a1'), tree.isDescendant('b5', 'a4')]).toEqual([true, false]);
  });

  it('forgets branches that left the chain before finality, and only these', () => {
    tree.add(make('c3', 3, 'a1'));
    tree.add(make('c4', 4, 'c3'));
    expect(tree.prune('a2').map((block) => block.root)).toEqual(['c3', 'c4']);
    expect([tree.get('c4'), tree.get('b5')?.root]).toEqual([undefined, 'b5']);
    expect(tree.atSlot(3).map((block) => block.root)).toEqual(['b3']);
    expect(tree.prune('a4').map((block) => block.root)).toEqual(['b3', 'b5']);
    expect(tree.atSlot(5)).toEqual([]);
    expect(tree.canonicalUpTo(9).root).toBe('a4');
  });
});
