import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { signedBeaconBlockToBlinded } from '@lodestar/state-transition';
import { ssz } from '@lodestar/types';
import { fromHex } from '@lodestar/utils';
import type { Chain } from '../chain/chain.ts';
import { blockTypes } from '../chain/transition.ts';
import type { BlockSummary, SignedBlock } from '../types.ts';
import type { ApiNode } from './api-node.ts';
import { findBlock } from './block-id.ts';
import type { PartOf } from './complete-methods.ts';

type BlockMethods = Pick<
  BeaconApiMethods['beacon'],
  | 'getBlockV2'
  | 'getBlindedBlock'
  | 'getBlockAttestationsV2'
  | 'getBlockHeader'
  | 'getBlockHeaders'
  | 'getBlockRoot'
>;

/** Blocks and headers. */
export function blockMethods({ chain }: ApiNode): BlockMethods & PartOf<BeaconApiMethods['beacon']> {
  return {
    getBlockV2: async ({ blockId }, context) => {
      const summary = findBlock(chain, blockId);
      const meta = { ...metaOf(chain, summary), version: chain.config.getForkName(summary.slot) };
      const stored = context?.returnBytes === true ? await chain.blockBytes(summary.root) : undefined;
      return { data: stored ?? (await loadBlock(chain, summary)), meta };
    },
    getBlindedBlock: async ({ blockId }) => {
      const summary = findBlock(chain, blockId);
      const data = signedBeaconBlockToBlinded(chain.config, await loadBlock(chain, summary));
      return { data, meta: { ...metaOf(chain, summary), version: chain.config.getForkName(summary.slot) } };
    },
    getBlockAttestationsV2: async ({ blockId }) => {
      const summary = findBlock(chain, blockId);
      const { message } = await loadBlock(chain, summary);
      const version = chain.config.getForkName(summary.slot);
      return { data: message.body.attestations, meta: { ...metaOf(chain, summary), version } };
    },
    getBlockRoot: async ({ blockId }) => {
      const summary = findBlock(chain, blockId);
      return { data: { root: fromHex(summary.root) }, meta: metaOf(chain, summary) };
    },
    getBlockHeader: async ({ blockId }) => {
      const summary = findBlock(chain, blockId);
      return { data: await toHeader(chain, summary), meta: metaOf(chain, summary) };
    },
    getBlockHeaders: async ({ slot, parentRoot }) => {
      const found = selectBlocks(chain, slot, parentRoot);
      const data = await Promise.all(found.map((summary) => toHeader(chain, summary)));
      return {
        data,
        meta: {
          executionOptimistic: found.some((summary) => chain.unconfirmed.has(summary.root)),
          finalized: found.length > 0 && found.every((summary) => chain.isFinalized(summary.root)),
        },
      };
    },
  };
}

/** A block; for genesis, which nobody signed, the empty one that its root stands for. */
export async function loadBlock(chain: Chain, summary: BlockSummary): Promise<SignedBlock> {
  const block = await chain.block(summary.root);
  if (block !== undefined) return block;
  if (summary.root !== chain.tree.genesis.root) throw new ApiError(404, `Block not found: ${summary.root}`);
  const genesis = blockTypes(chain.config, 0).SignedBeaconBlock.defaultValue();
  genesis.message.stateRoot = fromHex(summary.stateRoot);
  return genesis;
}

export function metaOf(chain: Chain, { root }: BlockSummary) {
  return { executionOptimistic: chain.unconfirmed.has(root), finalized: chain.isFinalized(root) };
}

/** Without a filter, the blocks of the head's slot. */
function selectBlocks(
  chain: Chain,
  slot: number | undefined,
  parentRoot: string | undefined,
): BlockSummary[] {
  const { tree } = chain;
  if (parentRoot === undefined) return tree.atSlot(slot ?? chain.head.slot);
  return tree
    .childrenOf(parentRoot.toLowerCase())
    .filter((block) => slot === undefined || block.slot === slot);
}

async function toHeader(chain: Chain, summary: BlockSummary) {
  const { message, signature } = await loadBlock(chain, summary);
  const { slot, proposerIndex, parentRoot, stateRoot, body } = message;
  const bodyRoot = blockTypes(chain.config, slot).BeaconBlockBody.hashTreeRoot(body);
  const header = ssz.phase0.SignedBeaconBlockHeader.defaultValue();
  header.message = { slot, proposerIndex, parentRoot, stateRoot, bodyRoot };
  header.signature = signature;
  return { root: fromHex(summary.root), canonical: chain.tree.isCanonical(summary.root), header };
}
