import type { BlockSummary, RootHex } from '../types.ts';

/** How the head moved: the old branch down to the common ancestor, and the new one up from it. */
export interface HeadMove {
  readonly ancestor: BlockSummary;
  /** Newest first; empty when the new head extends the old. */
  readonly left: readonly BlockSummary[];
  /** Oldest first. */
  readonly joined: readonly BlockSummary[];
}

/**
 * All known blocks with their forks, and which of them are canonical. Only these summaries of some 0.7 KB each
 * grow with the chain's length: 30 MB for a day of 2 s slots. Blocks are on disk, states are bounded (states.ts).
 */
export class BlockTree {
  private readonly byRoot = new Map<RootHex, BlockSummary>();
  private readonly bySlot = new Map<number, RootHex[]>();
  private readonly canonicalBySlot = new Map<number, RootHex>();
  /** Blocks that are not canonical: few, and what is left of them below finality is forgotten. */
  private readonly aside = new Set<BlockSummary>();
  private currentHead: BlockSummary;
  readonly genesis: BlockSummary;

  constructor(genesis: BlockSummary) {
    this.genesis = genesis;
    this.currentHead = genesis;
    this.add(genesis);
    this.canonicalBySlot.set(genesis.slot, genesis.root);
    this.aside.clear();
  }

  get head(): BlockSummary {
    return this.currentHead;
  }

  get(root: RootHex): BlockSummary | undefined {
    return this.byRoot.get(root);
  }

  add(block: BlockSummary): void {
    if (this.byRoot.has(block.root)) return;
    this.byRoot.set(block.root, block);
    this.aside.add(block);
    this.bySlot.set(block.slot, [...(this.bySlot.get(block.slot) ?? []), block.root]);
  }

  /** Every block of a slot, forks included. */
  atSlot(slot: number): BlockSummary[] {
    return (this.bySlot.get(slot) ?? []).map((root) => this.mustGet(root));
  }

  childrenOf(root: RootHex): BlockSummary[] {
    return [...this.byRoot.values()].filter((block) => block.parentRoot === root && block.root !== root);
  }

  /** The canonical block of exactly this slot. */
  canonicalAt(slot: number): BlockSummary | undefined {
    const root = this.canonicalBySlot.get(slot);
    return root === undefined ? undefined : this.mustGet(root);
  }

  /** The latest canonical block at or before this slot: what a slot without a block refers to. */
  canonicalUpTo(slot: number): BlockSummary {
    for (let at = Math.min(slot, this.currentHead.slot); at > 0; at--) {
      const block = this.canonicalAt(at);
      if (block !== undefined) return block;
    }
    return this.genesis;
  }

  /** The canonical block with this post-state. */
  byStateRoot(stateRoot: RootHex): BlockSummary | undefined {
    for (const root of this.canonicalBySlot.values()) {
      const block = this.mustGet(root);
      if (block.stateRoot === stateRoot) return block;
    }
    return undefined;
  }

  isCanonical(root: RootHex): boolean {
    const block = this.byRoot.get(root);
    return block !== undefined && this.canonicalBySlot.get(block.slot) === root;
  }

  isDescendant(root: RootHex, ancestor: RootHex): boolean {
    const until = this.mustGet(ancestor);
    let block = this.mustGet(root);
    while (block.slot > until.slot) block = this.mustGet(block.parentRoot);
    return block.root === ancestor;
  }

  /** Makes this block the head. Both branches are walked to their common ancestor. */
  moveHead(root: RootHex): HeadMove {
    const left: BlockSummary[] = [];
    const joined: BlockSummary[] = [];
    let old = this.currentHead;
    let fresh = this.mustGet(root);
    this.currentHead = fresh;
    while (old.root !== fresh.root) {
      if (fresh.slot >= old.slot) {
        joined.unshift(fresh);
        fresh = this.mustGet(fresh.parentRoot);
      } else {
        left.push(old);
        old = this.mustGet(old.parentRoot);
      }
    }
    for (const block of left) this.canonicalBySlot.delete(block.slot);
    for (const block of joined) this.canonicalBySlot.set(block.slot, block.root);
    for (const block of left) this.aside.add(block);
    for (const block of joined) this.aside.delete(block);
    return { ancestor: old, left, joined };
  }

  /**
   * Forgets the branches that left the canonical chain before this canonical block: nothing can be built on
   * them any more. Returns what is gone.
   */
  prune(finalized: RootHex): BlockSummary[] {
    const limit = this.mustGet(finalized).slot;
    const gone = [...this.aside].filter((block) => this.canonicalAncestor(block).slot < limit);
    for (const block of gone) {
      this.aside.delete(block);
      this.byRoot.delete(block.root);
      const others = (this.bySlot.get(block.slot) ?? []).filter((root) => root !== block.root);
      if (others.length === 0) this.bySlot.delete(block.slot);
      else this.bySlot.set(block.slot, others);
    }
    return gone;
  }

  private canonicalAncestor(block: BlockSummary): BlockSummary {
    let at = block;
    while (!this.isCanonical(at.root)) at = this.mustGet(at.parentRoot);
    return at;
  }

  private mustGet(root: RootHex): BlockSummary {
    const block = this.byRoot.get(root);
    if (block === undefined) throw new Error(`block ${root} is not in the tree`);
    return block;
  }
}
