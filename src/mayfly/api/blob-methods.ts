import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import type { Chain } from '../chain/chain.ts';
import type { BlockSummary } from '../types.ts';
import type { ApiNode } from './api-node.ts';
import { findBlock } from './block-id.ts';
import { loadBlock, metaOf } from './block-methods.ts';

type BlobMethods = Pick<BeaconApiMethods['beacon'], 'getBlobSidecars' | 'getBlobs'>;

/** Mayfly keeps no blobs: a block without any has an empty list, others have lost theirs. */
export function blobMethods({ chain }: ApiNode): BlobMethods {
  return {
    getBlobSidecars: async ({ blockId }) => {
      const summary = await blockWithoutBlobs(chain, blockId);
      return {
        data: [],
        meta: { ...metaOf(chain, summary), version: chain.config.getForkName(summary.slot) },
      };
    },
    getBlobs: async ({ blockId }) => {
      const summary = await blockWithoutBlobs(chain, blockId);
      return { data: [], meta: metaOf(chain, summary) };
    },
  };
}

/** @throws ApiError 404 for a block with blobs */
export async function blockWithoutBlobs(chain: Chain, blockId: string | number): Promise<BlockSummary> {
  const summary = findBlock(chain, blockId);
  const { message } = await loadBlock(chain, summary);
  if (message.body.blobKzgCommitments.length > 0) {
    throw new ApiError(404, `Blobs not found: this node does not keep those of ${summary.root}`);
  }
  return summary;
}
