import type { Log } from '../../base/log.ts';
import type { SyncProgress } from '../api/api-node.ts';
import type { BlockImporter, ImportResult } from '../chain/block-importer.ts';
import type { Chain } from '../chain/chain.ts';
import { summarise } from '../chain/transition.ts';
import type { Chaos } from '../chaos/chaos.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { PoolPruner } from '../pools/pool-pruner.ts';
import type { Pools } from '../pools/pools.ts';
import type { ChainState, RootHex, SignedBlock } from '../types.ts';
import type { BlockBuilder } from './block-builder.ts';
import type { OwnDuties } from './own-duties.ts';
import { blockSigningRoot, randaoSigningRoot } from './signing.ts';

/** What became of our proposal in a slot. */
export type SlotOutcome =
  | { readonly kind: 'proposed'; readonly root: string }
  /** The proposer belongs to another validator client. */
  | { readonly kind: 'not-ours' }
  | { readonly kind: 'missed'; readonly reason: string };

export interface ProducerParts {
  readonly chain: Chain;
  readonly importer: BlockImporter;
  readonly builder: BlockBuilder;
  readonly duties: OwnDuties;
  readonly keys: KeyRing;
  readonly pools: Pools;
  readonly chaos: Chaos;
  readonly log: Log;
}

interface OwnProposal {
  readonly slot: number;
  readonly proposer: number;
  readonly parentRoot: RootHex;
}

/** So many slots may wait to be gone through before the node counts as one that is not keeping up. */
const toleratedSlots = 8;

const graffiti = Uint8Array.from({ length: 32 }, (_, i) => 'Mayfly'.charCodeAt(i) || 0);

/**
 * The steps of one slot for the validators of our seed. When each is done is the caller's business: the slot
 * loop goes by the clock, a stepped network runs them back to back.
 */
export class Producer {
  private readonly parts: ProducerParts;
  private readonly pruner: PoolPruner;
  /** The last slot whose steps were all done, whatever came of them; what was slept through is behind us too. */
  private lastDone: number;

  constructor(parts: ProducerParts) {
    this.parts = parts;
    this.pruner = new PoolPruner(parts);
    this.lastDone = parts.chain.head.slot;
  }

  /**
   * The distance is from our head to the slot of the clock, as the Beacon API has it, so it grows in empty slots.
   * There is nobody to sync from: only a producer that does not get to its slots is syncing, not one that leaves
   * them empty.
   */
  syncing(): SyncProgress {
    const { chain } = this.parts;
    const slot = chain.currentSlot();
    return {
      isSyncing: slot - this.lastDone > toleratedSlots,
      syncDistance: Math.max(0, slot - chain.head.slot),
    };
  }

  /** Proposes the block of this slot when its proposer is ours, able to, and not kept from it by chaos. */
  async propose(slot: number): Promise<SlotOutcome> {
    const { chain, keys, chaos } = this.parts;
    if (chaos.skipsProposal(slot)) return { kind: 'missed', reason: 'chaos' };
    const parentRoot = chaos.nextParent();
    const state = await chain.stateAhead(parentRoot, slot);
    if (state === undefined) return { kind: 'missed', reason: 'the parent has no state' };
    keys.place(state);
    const proposer = state.epochCtx.getBeaconProposer(slot);
    if (!keys.owns(proposer)) return { kind: 'not-ours' };
    if (isSlashed(state, proposer)) return { kind: 'missed', reason: `proposer ${proposer} is slashed` };
    const block = await this.sign({ slot, proposer, parentRoot });
    if (block === undefined) return { kind: 'missed', reason: 'the execution client has no payload' };
    await chaos.blockBuilt();
    return this.publish(block);
  }

  /** How long after the slot's start our block is to come: 0 unless chaos makes it late. */
  proposalDelayMs(slot: number): number {
    return this.parts.chaos.proposalDelayMs(slot);
  }

  /**
   * Attestations and sync committee messages of our validators on the head as it is now. There are none while the
   * execution client has not confirmed it. Source: consensus-specs sync/optimistic.md, "Validator assignments".
   */
  async attest(slot: number): Promise<void> {
    const { chain, duties, log } = this.parts;
    const { root } = chain.head;
    if (!chain.unconfirmed.has(root)) return duties.perform(slot);
    log.warn('nobody of ours votes: the execution client has not confirmed the head', { slot, root });
  }

  /** Ends a slot: old pool entries go, and the execution client begins the next payload. */
  async prepareNext(slot: number): Promise<boolean> {
    await this.pruner.prune(slot);
    const isPrepared = await this.parts.builder.prepare(slot + 1);
    this.lastDone = slot;
    return isPrepared;
  }

  /** Takes a block of a validator client; it becomes the head when it extends it. */
  accept(block: SignedBlock): Promise<ImportResult> {
    const { importer, chain } = this.parts;
    return importer.import(block, (summary) => summary.parentRoot === chain.head.root);
  }

  private async sign({ slot, proposer, parentRoot }: OwnProposal): Promise<SignedBlock | undefined> {
    const { builder, keys, chain } = this.parts;
    const randaoReveal = keys.sign([proposer], randaoSigningRoot(chain.config, slot));
    const built = await builder.build({ slot, randaoReveal, graffiti, parentRoot });
    if (built === undefined) return undefined;
    const signature = keys.sign([proposer], blockSigningRoot(chain.config, built.block));
    return { message: built.block, signature };
  }

  private async publish(block: SignedBlock): Promise<SlotOutcome> {
    const { root, slot } = summarise(this.parts.chain.config, block);
    this.parts.chain.events.emit('block_gossip', { slot, block: root });
    const result = await this.parts.importer.import(block, () => true);
    if (result.kind === 'imported') return { kind: 'proposed', root: result.summary.root };
    const reason = result.kind === 'refused' ? result.reason : result.kind;
    this.parts.log.error('our own block was not accepted', { slot, reason });
    return { kind: 'missed', reason };
  }
}

function isSlashed(state: ChainState, index: number): boolean {
  return state.validators.getReadonly(index).slashed;
}
