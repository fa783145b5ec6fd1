import type { BlockSummary, RootHex } from '../types.ts';

/** Small things that are kept beside the chain, each written anew as a whole. */
export type NoteName = 'chaos' | 'operations';

/**
 * Where the chain is kept between runs. A head mark is durable, over a power cut too, once its promise resolves,
 * and with it every block before it; a block alone may be lost. A snapshot is durable.
 */
export interface ChainStore {
  /** Every block kept, parents before children, and the last head that was marked. */
  load(): Promise<StoredChain>;
  appendBlock(summary: BlockSummary, bytes: Uint8Array): Promise<void>;
  markHead(root: RootHex): Promise<void>;
  /** They are not asked for any more: branches that died below finality. */
  forgetBlocks(roots: Iterable<RootHex>): Promise<void>;
  /** The SSZ of a signed block. */
  readBlock(root: RootHex): Promise<Uint8Array | undefined>;
  writeSnapshot(snapshot: SnapshotName, bytes: Uint8Array): Promise<void>;
  readSnapshot(snapshot: SnapshotName): Promise<Uint8Array | undefined>;
  removeSnapshot(snapshot: SnapshotName): Promise<void>;
  /** Durable once it resolves; a kill at any moment leaves the old note or the new one. */
  writeNote(name: NoteName, bytes: Uint8Array): Promise<void>;
  /** Undefined when there is none, `damaged` when it is not what was written. */
  readNote(name: NoteName): Promise<Uint8Array | 'damaged' | undefined>;
  close(): Promise<void>;
}

export interface StoredChain {
  readonly blocks: readonly BlockSummary[];
  readonly head: RootHex | undefined;
  readonly snapshots: readonly SnapshotName[];
}

/** A state kept as SSZ: the post-state of the block with this root. */
export interface SnapshotName {
  readonly slot: number;
  readonly blockRoot: RootHex;
}
