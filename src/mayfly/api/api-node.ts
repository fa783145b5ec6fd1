import type { ImportResult } from '../chain/block-importer.ts';
import type { Chain } from '../chain/chain.ts';
import type { ExecutionDriver } from '../execution/execution-driver.ts';
import type { Pools } from '../pools/pools.ts';
import type { BlockBuilder } from '../production/block-builder.ts';
import type { Submission } from '../submission.ts';
import type { SignedBlock } from '../types.ts';

/** How far this node is behind. */
export interface SyncProgress {
  /** It is not able to tell or to do what belongs to the present slot. */
  readonly isSyncing: boolean;
  /** Slots between our head and the one of the network; of a producer, which has no other, the slot of the clock. */
  readonly syncDistance: number;
}

/** What the Beacon API needs of a node, producer or follower. */
export interface ApiNode {
  readonly chain: Chain;
  readonly pools: Pools;
  readonly builder: BlockBuilder;
  readonly execution: ExecutionDriver;
  /** As in `getNodeVersion`, for instance `Mayfly/0.1.0/linux-x64`. */
  readonly version: string;
  readonly syncing: () => SyncProgress;
  /** Other nodes that this one has a connection to. */
  readonly peers: () => readonly string[];
  /**
   * Hands on to the network what a validator client submitted, once it was verified and put into the pools here.
   * A follower passes it to its producer; for a producer the network is itself.
   */
  readonly relay: (submission: Submission) => Promise<void>;
  /** Takes a block of a validator client and hands it on to the network. */
  readonly publishBlock: (block: SignedBlock) => Promise<ImportResult>;
}
