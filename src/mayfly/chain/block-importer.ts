import { messageOf } from '../../base/errors.ts';
import type { ExecutionDriver } from '../execution/execution-driver.ts';
import { SerialQueue } from '../serial-queue.ts';
import type { BlockSummary, RootHex, SignedBlock } from '../types.ts';
import type { Chain } from './chain.ts';
import { summarise } from './transition.ts';

/** How far clocks may be apart: consensus-specs, MAXIMUM_GOSSIP_CLOCK_DISPARITY. */
const clockDisparityMs = 500;

export type ImportResult =
  | { readonly kind: 'imported'; readonly summary: BlockSummary }
  | { readonly kind: 'known'; readonly summary: BlockSummary }
  /** Its parent is not known: fetch that first. */
  | { readonly kind: 'orphan'; readonly parentRoot: RootHex }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The one way for blocks into the chain: signatures, transition and state root are checked, then the execution
 * client is asked. A block whose payload it refuses is refused; one that it cannot judge yet is taken unconfirmed.
 */
export class BlockImporter {
  private readonly chain: Chain;
  private readonly execution: ExecutionDriver;
  private readonly queue = new SerialQueue();

  constructor(chain: Chain, execution: ExecutionDriver) {
    this.chain = chain;
    this.execution = execution;
  }

  /** Imports a block and, when told, makes it the head in the same turn. */
  import(block: SignedBlock, becomesHead: (summary: BlockSummary) => boolean): Promise<ImportResult> {
    return this.queue.run(async () => {
      const result = await this.take(block);
      const { kind } = result;
      if ((kind === 'imported' || kind === 'known') && becomesHead(result.summary)) {
        await this.chain.setHead(result.summary.root);
      }
      return result;
    });
  }

  /** Makes a known block the head, between imports. */
  setHead(root: RootHex): Promise<void> {
    return this.queue.run(async () => {
      await this.chain.setHead(root);
    });
  }

  private async take(block: SignedBlock): Promise<ImportResult> {
    const { tree, config } = this.chain;
    const { root, parentRoot, slot } = summarise(config, block);
    const known = tree.get(root);
    if (known !== undefined) return { kind: 'known', summary: known };
    if (tree.get(parentRoot) === undefined) return { kind: 'orphan', parentRoot };
    if (slot > this.chain.currentSlot(clockDisparityMs))
      return { kind: 'refused', reason: `slot ${slot} has not come yet` };
    try {
      const verified = await this.chain.verify(block);
      const verdict = await this.execution.newPayload(block);
      if (verdict === 'invalid')
        return { kind: 'refused', reason: 'the execution client refuses the payload' };
      await this.chain.add(block, verified, verdict === 'valid');
      return { kind: 'imported', summary: verified.summary };
    } catch (cause) {
      return { kind: 'refused', reason: messageOf(cause) };
    }
  }
}
