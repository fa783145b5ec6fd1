import type { BeaconConfig } from '@lodestar/config';
import { SLOTS_PER_EPOCH } from '@lodestar/params';
import { toRootHex } from '@lodestar/utils';
import type { Clock } from '../../base/clock.ts';
import { mayflyErrors } from '../errors.ts';
import type { Network } from '../network.ts';
import { slotAt } from '../slots.ts';
import type { ChainStore } from '../store/store.ts';
import type { BlockSummary, ChainState, RootHex, SignedBlock } from '../types.ts';
import { BlockTree, type HeadMove } from './block-tree.ts';
import { ChainEvents } from './chain-events.ts';
import { announceHead } from './head-events.ts';
import { States } from './states.ts';
import { advanceTo, applyBlock, blockTypes, summarise } from './transition.ts';

/** An epoch boundary that the chain agreed on, and the block there. */
export interface Checkpoint {
  readonly epoch: number;
  readonly root: RootHex;
}

export interface ChainOptions {
  readonly network: Network;
  readonly clock: Clock;
  readonly store: ChainStore;
}

/**
 * The chain as this node knows it: blocks with their forks, states, and which block is the head. It does not
 * decide about the head: a producer and a follower do, each by its own rule. Calls that change it must not overlap.
 */
export class Chain {
  readonly network: Network;
  readonly config: BeaconConfig;
  readonly clock: Clock;
  readonly tree: BlockTree;
  readonly events = new ChainEvents();
  /** Blocks whose payload the execution client has not confirmed. */
  readonly unconfirmed = new Set<RootHex>();
  private readonly states: States;
  private readonly store: ChainStore;
  private currentHeadState: ChainState;
  private ahead: { readonly root: RootHex; readonly state: ChainState } | undefined;

  private constructor({ network, clock, store }: ChainOptions) {
    this.network = network;
    this.config = network.config;
    this.clock = clock;
    this.store = store;
    this.tree = new BlockTree(network.genesisBlock);
    this.states = new States(network, store, this.tree);
    this.currentHeadState = network.genesisState;
  }

  /** Restores what the store holds, head state included. */
  static async open(options: ChainOptions): Promise<Chain> {
    const chain = new Chain(options);
    const stored = await options.store.load();
    for (const block of stored.blocks) chain.tree.add(block);
    chain.states.addSnapshots(stored.snapshots);
    const head = stored.head ?? options.network.genesisBlock.root;
    const state = await chain.states.of(head);
    if (state === undefined) throw mayflyErrors.create('EPH-MAYFLY-STORE', { root: head });
    chain.currentHeadState = state;
    chain.tree.moveHead(head);
    // Whether the execution client still has it is not known before it has said so.
    if (stored.head !== undefined) chain.unconfirmed.add(head);
    await chain.forgetDeadBranches();
    return chain;
  }

  get head(): BlockSummary {
    return this.tree.head;
  }

  /** Post-state of the head. */
  get headState(): ChainState {
    return this.currentHeadState;
  }

  /** The slot by the clock, or by one that is so much ahead; -1 before genesis. */
  currentSlot(aheadMs = 0): number {
    const { genesisTimeSeconds, slotMs } = this.network;
    return slotAt({ genesisMs: genesisTimeSeconds * 1000, slotMs }, this.clock.nowMs() + aheadMs);
  }

  get finalized(): Checkpoint {
    return this.checkpoint(this.currentHeadState.finalizedCheckpoint);
  }

  get justified(): Checkpoint {
    return this.checkpoint(this.currentHeadState.currentJustifiedCheckpoint);
  }

  /** The block so many blocks before this one; undefined when that is before the finalized block. */
  ancestor(root: RootHex, depth: number): BlockSummary | undefined {
    const limit = this.tree.get(this.finalized.root)?.slot ?? 0;
    let block = this.tree.get(root);
    for (let i = 0; i < depth && block !== undefined; i++) block = this.tree.get(block.parentRoot);
    return block !== undefined && block.slot >= limit ? block : undefined;
  }

  /** Canonical and at or before the finalized checkpoint's block. */
  isFinalized(root: RootHex): boolean {
    const block = this.tree.get(root);
    const limit = this.tree.get(this.finalized.root);
    return (
      block !== undefined && limit !== undefined && block.slot <= limit.slot && this.tree.isCanonical(root)
    );
  }

  /** A known block; undefined for genesis, which has none. */
  block(root: RootHex): Promise<SignedBlock | undefined> {
    return this.states.readBlock(root);
  }

  /** The same as SSZ, as it was stored. */
  blockBytes(root: RootHex): Promise<Uint8Array | undefined> {
    return this.store.readBlock(root);
  }

  /** The post-state of a block: recent ones at once, old ones by replaying up to 1,024 slots. */
  stateOf(root: RootHex): Promise<ChainState | undefined> {
    return this.states.of(root);
  }

  /** The canonical state at a slot, with or without a block there. */
  async stateAt(slot: number): Promise<ChainState | undefined> {
    const state = await this.stateOf(this.tree.canonicalUpTo(slot).root);
    return state === undefined || state.slot >= slot ? state : advanceTo(state, slot);
  }

  /**
   * The state of a block advanced to a later slot, as duties and the next block see it. The last one is kept,
   * as a slot asks for it several times and an epoch boundary is costly.
   */
  async stateAhead(root: RootHex, slot: number): Promise<ChainState | undefined> {
    const { ahead } = this;
    const isUsable = ahead !== undefined && ahead.root === root && ahead.state.slot <= slot;
    const from = isUsable ? ahead.state : await this.stateOf(root);
    if (from === undefined) return undefined;
    const state = await advanceTo(from, slot);
    this.ahead = { root, state };
    return state;
  }

  /** Checks a block in full against its parent's state. Throws what is wrong with it. */
  async verify(block: SignedBlock): Promise<{ summary: BlockSummary; state: ChainState }> {
    const summary = summarise(this.config, block);
    const parent = this.tree.get(summary.parentRoot);
    if (parent === undefined) throw refusal(summary.slot, `its parent ${summary.parentRoot} is not known`);
    if (parent.slot >= summary.slot) throw refusal(summary.slot, 'its parent is not before it');
    const state = await this.stateAhead(summary.parentRoot, summary.slot);
    if (state === undefined) throw mayflyErrors.create('EPH-MAYFLY-STORE', { root: summary.parentRoot });
    return { summary, state: applyBlock(state, block, 'everything') };
  }

  /** Keeps a block that was verified. `confirmed` says that the execution client accepts its payload. */
  async add(block: SignedBlock, verified: { summary: BlockSummary; state: ChainState }, confirmed: boolean) {
    const { summary, state } = verified;
    if (this.tree.get(summary.root) !== undefined) return;
    await this.store.appendBlock(
      summary,
      blockTypes(this.config, summary.slot).SignedBeaconBlock.serialize(block),
    );
    this.tree.add(summary);
    this.states.remember(summary.root, state);
    if (!confirmed) this.unconfirmed.add(summary.root);
    const { slot, root } = summary;
    this.events.emit('block', { slot, block: root, executionOptimistic: !confirmed });
  }

  /** Makes a known block the head, tells the listeners, and keeps a snapshot when an epoch was crossed. */
  async setHead(root: RootHex): Promise<HeadMove> {
    const before = this.head;
    const stateBefore = this.currentHeadState;
    const state = await this.stateOf(root);
    if (state === undefined) throw mayflyErrors.create('EPH-MAYFLY-STORE', { root });
    const move = this.tree.moveHead(root);
    this.currentHeadState = state;
    if (before.root === root) return move;
    await this.store.markHead(root);
    const finalizedBefore = stateBefore.finalizedCheckpoint.epoch;
    announceHead(this, { move, before, finalizedBefore });
    if (this.finalized.epoch > finalizedBefore) await this.forgetDeadBranches();
    if (epochOf(this.head.slot) > epochOf(move.ancestor.slot)) {
      await this.states.snapshot(this.head.slot, root, state);
    }
    return move;
  }

  /** Branches that finality has decided against. The canonical chain is kept whole: followers begin at its genesis. */
  private async forgetDeadBranches(): Promise<void> {
    const roots = this.tree.prune(this.finalized.root).map(({ root }) => root);
    if (roots.length === 0) return;
    for (const root of roots) this.unconfirmed.delete(root);
    await this.states.forget(roots);
    await this.store.forgetBlocks(roots);
  }

  private checkpoint({ epoch, root }: { epoch: number; root: Uint8Array }): Checkpoint {
    return { epoch, root: epoch === 0 ? this.network.genesisBlock.root : toRootHex(root) };
  }
}

function epochOf(slot: number): number {
  return Math.floor(slot / SLOTS_PER_EPOCH);
}

function refusal(slot: number, reason: string): Error {
  return mayflyErrors.create('EPH-MAYFLY-BLOCK', { slot, reason });
}
