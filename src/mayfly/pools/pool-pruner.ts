import type { Chain } from '../chain/chain.ts';
import type { RootHex } from '../types.ts';
import type { Pools } from './pools.ts';

/** Drops from the pools what no block can use any more; once a slot is enough. */
export class PoolPruner {
  private readonly chain: Chain;
  private readonly pools: Pools;
  private prunedTo: RootHex | undefined;

  constructor({ chain, pools }: { chain: Chain; pools: Pools }) {
    this.chain = chain;
    this.pools = pools;
  }

  /** Votes by their age, operations by the finalized state, which is looked at once. */
  async prune(slot: number): Promise<void> {
    this.pools.attestations.prune(slot);
    this.pools.syncCommittee.prune(slot);
    const { root } = this.chain.finalized;
    if (root === this.prunedTo) return;
    const state = await this.chain.stateOf(root);
    if (state !== undefined) this.pools.operations.prune(state);
    this.prunedTo = root;
  }
}
