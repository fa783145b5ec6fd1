import type { Random } from '../base/random.ts';
import type { ApiNode } from './api/api-node.ts';
import { BlockImporter, type ImportResult } from './chain/block-importer.ts';
import { Chain } from './chain/chain.ts';
import { blockTypes } from './chain/transition.ts';
import { ExecutionDriver } from './execution/execution-driver.ts';
import { Follower } from './follower/follower.ts';
import { HeardVotes } from './follower/heard-votes.ts';
import { Synchroniser } from './follower/synchroniser.ts';
import { Upstream } from './follower/upstream.ts';
import type { NodeOptions } from './node-options.ts';
import { PoolPruner } from './pools/pool-pruner.ts';
import { Pools } from './pools/pools.ts';
import { BlockBuilder } from './production/block-builder.ts';
import type { SignedBlock } from './types.ts';
import { nodeVersion } from './version.ts';

export interface FollowerOptions extends NodeOptions {
  /** The Beacon API of the producer. */
  readonly followUrl: string;
  readonly random: Random;
  readonly signal: AbortSignal;
}

export interface FollowerNode {
  readonly chain: Chain;
  readonly follower: Follower;
  readonly api: ApiNode;
}

/** Opens the chain and puts a follower on it. */
export async function createFollowerNode(options: FollowerOptions): Promise<FollowerNode> {
  const { engine, log, followUrl, signal } = options;
  const chain = await Chain.open(options);
  const execution = new ExecutionDriver({ engine, chain, log });
  const importer = new BlockImporter(chain, execution);
  const pools = new Pools();
  const builder = new BlockBuilder({ chain, execution, pools, ...feeRecipientOf(options) });
  const upstream = new Upstream(followUrl, signal);
  const synchroniser = new Synchroniser({ chain, importer, builder, upstream });
  const pruner = new PoolPruner({ chain, pools });
  const votes = new HeardVotes({ chain, pools });
  const parts = { chain, execution, builder, upstream, synchroniser, pruner, votes };
  const follower = new Follower({ ...options, ...parts });
  const api: ApiNode = {
    chain,
    pools,
    builder,
    execution,
    version: nodeVersion,
    syncing: () => follower.syncing(),
    peers: () => (follower.connected ? [upstream.url] : []),
    relay: (submission) => upstream.submit(submission),
    publishBlock: (block) => publish({ chain, importer, upstream }, block),
  };
  return { chain, follower, api };
}

/** Checked here first, then given to the producer, whose choice of head we then follow. */
async function publish(
  { chain, importer, upstream }: { chain: Chain; importer: BlockImporter; upstream: Upstream },
  block: SignedBlock,
): Promise<ImportResult> {
  const result = await importer.import(block, () => false);
  if (result.kind === 'refused') return result;
  const { slot } = block.message;
  await upstream.submit({
    path: '/eth/v2/beacon/blocks',
    body: blockContents(chain, block),
    contentType: 'application/octet-stream',
    version: chain.config.getForkName(slot),
  });
  return result;
}

/** The published form carries proofs and blobs beside the block; our blocks have none. */
function blockContents(chain: Chain, signedBlock: SignedBlock): Uint8Array {
  const types = blockTypes(chain.config, signedBlock.message.slot);
  return types.SignedBlockContents.serialize({ signedBlock, kzgProofs: [], blobs: [] });
}

function feeRecipientOf({ feeRecipient }: NodeOptions) {
  return feeRecipient === undefined ? {} : { feeRecipient };
}
