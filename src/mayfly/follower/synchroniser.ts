import type { BlockImporter } from '../chain/block-importer.ts';
import type { Chain } from '../chain/chain.ts';
import { blockTypes, summarise } from '../chain/transition.ts';
import { mayflyErrors } from '../errors.ts';
import type { BlockBuilder } from '../production/block-builder.ts';
import type { RootHex, SignedBlock } from '../types.ts';
import type { RemoteHead, Upstream } from './upstream.ts';

/** How many blocks are asked for at a time while catching up. */
const window = 16;
/** While far behind, the execution client is told of a new head this often. */
const blocksPerHeadUpdate = 32;

export interface SynchroniserParts {
  readonly chain: Chain;
  readonly importer: BlockImporter;
  readonly builder: BlockBuilder;
  readonly upstream: Upstream;
}

/**
 * Brings the chain to a head of the producer: slot by slot while far behind, and over missing parents when the
 * producer has moved to another branch. Every block is checked in full.
 */
export class Synchroniser {
  private readonly parts: SynchroniserParts;
  private sinceUpdate = 0;

  constructor(parts: SynchroniserParts) {
    this.parts = parts;
  }

  /** @throws EPH-MAYFLY-UPSTREAM when blocks cannot be had, EPH-MAYFLY-BLOCK when one is not valid */
  async syncTo(target: RemoteHead): Promise<void> {
    const { chain } = this.parts;
    if (chain.tree.get(target.root) === undefined && target.slot > chain.head.slot + 1)
      await this.walkSlots(target);
    if (chain.tree.get(target.root) === undefined) await this.importBranch(await this.fetch(target.root));
    if (chain.head.root !== target.root) await this.moveTo(target.root, true);
  }

  /** Forward along the producer's canonical chain, a window of requests at a time. */
  private async walkSlots(target: RemoteHead): Promise<void> {
    const { chain, upstream } = this.parts;
    for (let slot = chain.head.slot + 1; slot <= target.slot; slot += window) {
      const count = Math.min(window, target.slot - slot + 1);
      const replies = await Promise.all(Array.from({ length: count }, (_, i) => upstream.block(slot + i)));
      for (const [i, bytes] of replies.entries()) {
        if (bytes === undefined) continue;
        const root = await this.importBranch(this.parse(bytes, slot + i));
        await this.moveTo(root, ++this.sinceUpdate >= blocksPerHeadUpdate);
      }
    }
  }

  /** Imports a block, its missing ancestors first. */
  private async importBranch(tip: SignedBlock): Promise<RootHex> {
    const branch = [tip];
    for (;;) {
      const [block] = branch;
      if (block === undefined) throw refusal(tip, 'its branch is empty');
      const result = await this.parts.importer.import(block, () => false);
      if (result.kind === 'refused') throw refusal(block, result.reason);
      if (result.kind === 'orphan') {
        this.checkDepth(block);
        const parent = await this.fetch(result.parentRoot);
        if (parent.message.slot >= block.message.slot) throw refusal(block, 'its parent is not before it');
        branch.unshift(parent);
        continue;
      }
      branch.shift();
      if (branch.length === 0) return result.summary.root;
    }
  }

  private checkDepth(block: SignedBlock): void {
    const { chain } = this.parts;
    const finalized = chain.tree.get(chain.finalized.root)?.slot ?? 0;
    if (block.message.slot <= finalized)
      throw refusal(block, 'it is on another chain than our finalized block');
  }

  private async moveTo(root: RootHex, tellExecution: boolean): Promise<void> {
    const { importer, builder, chain } = this.parts;
    await importer.setHead(root);
    if (!tellExecution) return;
    this.sinceUpdate = 0;
    await builder.followHead(chain.head.slot + 1);
  }

  private async fetch(root: RootHex): Promise<SignedBlock> {
    const { upstream, chain } = this.parts;
    const bytes = await upstream.block(root);
    if (bytes === undefined) {
      throw mayflyErrors.create('EPH-MAYFLY-UPSTREAM', {
        url: upstream.url,
        reason: `it has no block ${root}`,
      });
    }
    const block = this.parse(bytes, chain.currentSlot());
    if (summarise(chain.config, block).root === root) return block;
    const reason = `it answers with another block than ${root}`;
    throw mayflyErrors.create('EPH-MAYFLY-UPSTREAM', { url: upstream.url, reason });
  }

  /** A fork's block is read by its own slot, which lies at a fixed place: after the offset and the signature. */
  private parse(bytes: Uint8Array, slotHint: number): SignedBlock {
    const { chain, upstream } = this.parts;
    try {
      const slot = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(100, true));
      return blockTypes(chain.config, slot).SignedBeaconBlock.deserialize(bytes);
    } catch (cause) {
      const reason = `its block of slot ${slotHint} is no block`;
      throw mayflyErrors.create('EPH-MAYFLY-UPSTREAM', { url: upstream.url, reason }, cause);
    }
  }
}

function refusal(block: SignedBlock, reason: string): Error {
  return mayflyErrors.create('EPH-MAYFLY-BLOCK', { slot: block.message.slot, reason });
}
