import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { SLOTS_PER_EPOCH } from '@lodestar/params';
import { fromHex } from '@lodestar/utils';
import type { Chain, Checkpoint } from '../chain/chain.ts';
import type { BlockSummary } from '../types.ts';
import type { ApiNode } from './api-node.ts';

type ForkChoiceMethods = Pick<BeaconApiMethods['debug'], 'getDebugChainHeadsV2' | 'getDebugForkChoice'>;

/** So many slots of the block tree are shown, finalized or not: their states are in memory. */
const shownSlots = 3 * SLOTS_PER_EPOCH;

/** The block tree that the head is chosen in. */
export function forkChoiceMethods({ chain }: ApiNode): ForkChoiceMethods {
  return {
    getDebugChainHeadsV2: async () => ({
      data: recentBlocks(chain)
        .filter(({ root }) => chain.tree.childrenOf(root).length === 0)
        .map(({ slot, root }) => ({ slot, root, executionOptimistic: chain.unconfirmed.has(root) })),
    }),
    getDebugForkChoice: async () => ({
      data: {
        justifiedCheckpoint: toCheckpoint(chain.justified),
        finalizedCheckpoint: toCheckpoint(chain.finalized),
        forkChoiceNodes: await Promise.all(recentBlocks(chain).map((block) => toNode(chain, block))),
      },
    }),
  };
}

function recentBlocks(chain: Chain): BlockSummary[] {
  const { slot } = chain.head;
  const from = Math.max(slot - shownSlots, chain.tree.get(chain.finalized.root)?.slot ?? 0);
  const last = Math.min(Math.max(slot, chain.currentSlot()), slot + shownSlots);
  const blocks: BlockSummary[] = [];
  for (let at = from; at <= last; at++) blocks.push(...chain.tree.atSlot(at));
  return blocks;
}

/** The weight is 0 for all: the producer chooses the head, votes do not. */
async function toNode(chain: Chain, { slot, root, parentRoot, executionHash }: BlockSummary) {
  const state = await chain.stateOf(root);
  return {
    slot,
    blockRoot: root,
    parentRoot,
    justifiedEpoch: state?.currentJustifiedCheckpoint.epoch ?? 0,
    finalizedEpoch: state?.finalizedCheckpoint.epoch ?? 0,
    weight: 0,
    validity: chain.unconfirmed.has(root) ? ('optimistic' as const) : ('valid' as const),
    executionBlockHash: executionHash,
  };
}

function toCheckpoint({ epoch, root }: Checkpoint) {
  return { epoch, root: fromHex(root) };
}
