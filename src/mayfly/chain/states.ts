import { type BeaconStateAllForks, createCachedBeaconState } from '@lodestar/state-transition';
import type { Network } from '../network.ts';
import type { ChainStore, SnapshotName } from '../store/store.ts';
import { asChainState, type ChainState, type RootHex, type SignedBlock } from '../types.ts';
import type { BlockTree } from './block-tree.ts';
import { snapshotsToRemove } from './snapshots.ts';
import { StateCache } from './state-cache.ts';
import { applyBlock, blockTypes } from './transition.ts';

/** Three epochs of states in memory: duties and finality look back two. Older ones are rebuilt from snapshots. */
const statesInMemory = 96;

/** The states of the chain: recent ones in memory, any other rebuilt from the snapshot before it. */
export class States {
  private readonly cache = new StateCache(statesInMemory);
  private readonly snapshots = new Map<RootHex, SnapshotName>();
  private readonly network: Network;
  private readonly store: ChainStore;
  private readonly tree: BlockTree;

  constructor(network: Network, store: ChainStore, tree: BlockTree) {
    this.network = network;
    this.store = store;
    this.tree = tree;
  }

  addSnapshots(names: readonly SnapshotName[]): void {
    for (const name of names) this.snapshots.set(name.blockRoot, name);
  }

  remember(blockRoot: RootHex, state: ChainState): void {
    this.cache.put(blockRoot, state);
  }

  /** The post-state of a block; undefined when the block is not known. */
  async of(blockRoot: RootHex): Promise<ChainState | undefined> {
    const toReplay: RootHex[] = [];
    for (let at = this.tree.get(blockRoot); at !== undefined; at = this.tree.get(at.parentRoot)) {
      const state = await this.stored(at.root);
      if (state !== undefined) return this.replay(state, toReplay);
      toReplay.unshift(at.root);
    }
    return undefined;
  }

  /** Keeps this state on disk and thins out old snapshots. */
  async snapshot(slot: number, blockRoot: RootHex, state: ChainState): Promise<void> {
    const name = { slot, blockRoot };
    await this.store.writeSnapshot(name, state.serialize());
    this.snapshots.set(blockRoot, name);
    for (const old of snapshotsToRemove([...this.snapshots.values()], slot)) {
      this.snapshots.delete(old.blockRoot);
      await this.store.removeSnapshot(old);
    }
  }

  /** The states of blocks that nothing is built on any more. */
  async forget(blockRoots: readonly RootHex[]): Promise<void> {
    for (const root of blockRoots) {
      this.cache.delete(root);
      const name = this.snapshots.get(root);
      this.snapshots.delete(root);
      if (name !== undefined) await this.store.removeSnapshot(name);
    }
  }

  async readBlock(root: RootHex): Promise<SignedBlock | undefined> {
    const summary = this.tree.get(root);
    const bytes = await this.store.readBlock(root);
    if (summary === undefined || bytes === undefined) return undefined;
    return blockTypes(this.network.config, summary.slot).SignedBeaconBlock.deserialize(bytes);
  }

  private async replay(from: ChainState, roots: readonly RootHex[]): Promise<ChainState | undefined> {
    let state = from;
    for (const root of roots) {
      const block = await this.readBlock(root);
      if (block === undefined) return undefined;
      state = applyBlock(state, block, 'state-root');
      this.cache.put(root, state);
    }
    return state;
  }

  private async stored(blockRoot: RootHex): Promise<ChainState | undefined> {
    const { genesisBlock, genesisState } = this.network;
    if (blockRoot === genesisBlock.root) return genesisState;
    const cached = this.cache.get(blockRoot);
    if (cached !== undefined) return cached;
    const name = this.snapshots.get(blockRoot);
    const bytes = name === undefined ? undefined : await this.store.readSnapshot(name);
    return name === undefined || bytes === undefined ? undefined : this.parse(name.slot, bytes);
  }

  private parse(slot: number, bytes: Uint8Array): ChainState {
    const { config, genesisState } = this.network;
    const view = blockTypes(config, slot).BeaconState.deserializeToViewDU(bytes);
    const { pubkeyCache } = genesisState.epochCtx;
    return asChainState(
      createCachedBeaconState(view as unknown as BeaconStateAllForks, { config, pubkeyCache }),
    );
  }
}
