import { SLOTS_PER_EPOCH } from '@lodestar/params';
import type { BlockSummary, RootHex } from '../types.ts';
import type { BlockTree, HeadMove } from './block-tree.ts';
import type { ChainEvents } from './chain-events.ts';

/** What the events tell about: the part of a chain that they read. */
interface ToldChain {
  readonly tree: BlockTree;
  readonly head: BlockSummary;
  readonly finalized: { readonly epoch: number; readonly root: RootHex };
  readonly unconfirmed: ReadonlySet<RootHex>;
  readonly events: ChainEvents;
}

interface HeadChange {
  readonly move: HeadMove;
  readonly before: BlockSummary;
  readonly finalizedBefore: number;
}

/** Tells of a new head as the standard event stream does: `chain_reorg` first, then `head`, then finality. */
export function announceHead(chain: ToldChain, change: HeadChange): void {
  if (change.move.left.length > 0) announceReorg(chain, change);
  const { head } = chain;
  const epoch = Math.floor(head.slot / SLOTS_PER_EPOCH);
  chain.events.emit('head', {
    slot: head.slot,
    block: head.root,
    state: head.stateRoot,
    epochTransition: epoch > Math.floor(change.move.ancestor.slot / SLOTS_PER_EPOCH),
    currentDutyDependentRoot: dependentRoot(chain, epoch),
    previousDutyDependentRoot: dependentRoot(chain, epoch - 1),
    executionOptimistic: chain.unconfirmed.has(head.root),
  });
  const { finalized } = chain;
  if (finalized.epoch > change.finalizedBefore) announceFinality(chain);
}

/** The root that duties of this epoch depend on: the last block before it (Beacon API, getAttesterDuties). */
export function dependentRoot(chain: ToldChain, epoch: number): RootHex {
  return chain.tree.canonicalUpTo(epoch * SLOTS_PER_EPOCH - 1).root;
}

function announceReorg(chain: ToldChain, { move, before }: HeadChange): void {
  const { head } = chain;
  chain.events.emit('chain_reorg', {
    slot: head.slot,
    depth: before.slot - move.ancestor.slot,
    oldHeadBlock: before.root,
    newHeadBlock: head.root,
    oldHeadState: before.stateRoot,
    newHeadState: head.stateRoot,
    epoch: Math.floor(head.slot / SLOTS_PER_EPOCH),
    executionOptimistic: chain.unconfirmed.has(head.root),
  });
}

function announceFinality(chain: ToldChain): void {
  const { finalized } = chain;
  const block = chain.tree.get(finalized.root);
  if (block === undefined) return;
  chain.events.emit('finalized_checkpoint', {
    block: block.root,
    state: block.stateRoot,
    epoch: finalized.epoch,
    executionOptimistic: chain.unconfirmed.has(block.root),
  });
}
