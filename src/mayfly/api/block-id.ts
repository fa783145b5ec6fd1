import { ApiError } from '@lodestar/api/server';
import type { Chain } from '../chain/chain.ts';
import type { BlockSummary } from '../types.ts';
import { isUint64 } from './uint64.ts';

/** The block that an id of the Beacon API names. @throws ApiError 400 for what is no id, 404 for an unknown block */
export function findBlock(chain: Chain, blockId: string | number): BlockSummary {
  const block = lookUp(chain, String(blockId));
  if (block === undefined) throw new ApiError(404, `Block not found: ${blockId}`);
  return block;
}

function lookUp(chain: Chain, id: string): BlockSummary | undefined {
  const { tree } = chain;
  if (id === 'head') return chain.head;
  if (id === 'genesis') return tree.genesis;
  if (id === 'finalized') return tree.get(chain.finalized.root);
  if (id === 'justified') return tree.get(chain.justified.root);
  if (/^0x[0-9a-fA-F]{64}$/.test(id)) return tree.get(id.toLowerCase());
  if (isUint64(id)) return tree.canonicalAt(Number(id));
  throw new ApiError(400, `Invalid block id: ${id}`);
}
