import { ApiError } from '@lodestar/api/server';
import type { Chain } from '../chain/chain.ts';
import { summarise } from '../chain/transition.ts';
import { blockSigningRoot } from '../production/signing.ts';
import type { SignedBlock } from '../types.ts';
import { isSigned, pubkeyOf } from './checks/signatures.ts';

/**
 * The light checks before a block is spread. A block whose parent is not known cannot be checked further.
 * Source: consensus-specs phase0 p2p-interface.md, `beacon_block`. @throws ApiError 400
 */
export async function checkGossip(chain: Chain, block: SignedBlock): Promise<void> {
  const { root, slot, parentRoot, proposerIndex } = summarise(chain.config, block);
  const { tree } = chain;
  if (tree.get(root) !== undefined) return;
  demand(slot <= chain.currentSlot(), `slot ${slot} has not come yet`);
  demand(slot > (tree.get(chain.finalized.root)?.slot ?? 0), `slot ${slot} is finalized`);
  const parent = tree.get(parentRoot);
  if (parent === undefined) return;
  demand(parent.slot < slot, `its parent is of slot ${parent.slot}`);
  demand(isOnFinalized(chain, parentRoot), 'it is not built on the finalized block');
  const state = await chain.stateAhead(parentRoot, slot);
  if (state === undefined) throw new ApiError(500, `State not found: parent of ${root}`);
  const expected = state.epochCtx.getBeaconProposer(slot);
  demand(proposerIndex === expected, `validator ${expected} proposes in slot ${slot}, not ${proposerIndex}`);
  const signingRoot = blockSigningRoot(chain.config, block.message);
  demand(isSigned([pubkeyOf(state, proposerIndex)], signingRoot, block.signature), 'the signature is wrong');
  const rival = tree.atSlot(slot).find((other) => other.proposerIndex === proposerIndex);
  demand(rival === undefined, `its proposer has made block ${rival?.root} for this slot already`);
}

function isOnFinalized({ tree, finalized }: Chain, root: string): boolean {
  return tree.get(finalized.root) === undefined || tree.isDescendant(root, finalized.root);
}

function demand(condition: boolean, reason: string): void {
  if (!condition) throw new ApiError(400, `Invalid block: ${reason}`);
}
