import type { BeaconApiMethods } from '@lodestar/api/beacon/server';
import { ApiError } from '@lodestar/api/server';
import { SLOTS_PER_EPOCH, WHISTLEBLOWER_REWARD_QUOTIENT_ELECTRA } from '@lodestar/params';
import { computeBlockRewards, computeSyncCommitteeRewards } from '@lodestar/state-transition';
import type { Chain } from '../chain/chain.ts';
import { advanceTo } from '../chain/transition.ts';
import { isSlashable, slashedBy } from '../pools/operation-pool.ts';
import type { Block, BlockSummary, ChainState } from '../types.ts';
import type { ApiNode } from './api-node.ts';
import { attestationRewards } from './attestation-rewards.ts';
import { findBlock } from './block-id.ts';
import { loadBlock, metaOf } from './block-methods.ts';
import { indexOf, indicesOf, type ValidatorId } from './validator-ids.ts';

type RewardMethods = Pick<
  BeaconApiMethods['beacon'],
  'getBlockRewards' | 'getSyncCommitteeRewards' | 'getAttestationsRewards'
>;

/** What validators earned, computed again from the states before and after. */
export function rewardMethods({ chain }: ApiNode): RewardMethods {
  const { config } = chain;
  return {
    getBlockRewards: async ({ blockId }) => {
      const { summary, block, preState } = await blockOnItsState(chain, blockId);
      const told = await computeBlockRewards(config, block, preState);
      return { data: withSlashings(told, block, preState), meta: metaOf(chain, summary) };
    },
    getSyncCommitteeRewards: async ({ blockId, validatorIds }) => {
      const { summary, block, preState } = await blockOnItsState(chain, blockId);
      const { pubkeyCache } = preState.epochCtx;
      const ids = knownIds(preState, validatorIds);
      const data =
        ids === 'none' ? [] : await computeSyncCommitteeRewards(config, pubkeyCache, block, preState, ids);
      return { data, meta: metaOf(chain, summary) };
    },
    getAttestationsRewards: async ({ epoch, validatorIds }) => {
      const { state, summary } = await stateAfterEpoch(chain, epoch);
      const ids = strictIds(state, validatorIds);
      return { data: attestationRewards(state, ids), meta: metaOf(chain, summary) };
    },
  };
}

/** The library pays for a validator as often as a block's attester slashings name it; the transition does once. */
function withSlashings(
  told: Awaited<ReturnType<typeof computeBlockRewards>>,
  block: Block,
  state: ChainState,
) {
  const { proposerSlashings, attesterSlashings } = block.body;
  const gone = new Set(proposerSlashings.map(({ signedHeader1 }) => signedHeader1.message.proposerIndex));
  const slashed = new Set(attesterSlashings.flatMap(slashedBy));
  const bounties = [...slashed]
    .filter((index) => !gone.has(index) && isSlashable(state, index))
    .map((index) => state.validators.getReadonly(index).effectiveBalance)
    .map((balance) => Math.floor(balance / WHISTLEBLOWER_REWARD_QUOTIENT_ELECTRA));
  const forAttesters = bounties.reduce((sum, bounty) => sum + bounty, 0);
  const total = told.total - told.attesterSlashings + forAttesters;
  return { ...told, total, attesterSlashings: forAttesters };
}

/** Rewards of a block come from the state just before it: its parent's, advanced to its slot. */
async function blockOnItsState(chain: Chain, blockId: string | number) {
  const summary = findBlock(chain, blockId);
  if (summary.root === chain.tree.genesis.root) throw new ApiError(400, 'The genesis block has no rewards');
  const { message } = await loadBlock(chain, summary);
  const parent = await chain.stateOf(summary.parentRoot);
  if (parent === undefined) throw new ApiError(404, `State not found: parent of ${summary.root}`);
  return { summary, block: message, preState: await advanceTo(parent, summary.slot) };
}

/** Attestations of an epoch may be included until the end of the next, whose last state tells what they earned. */
async function stateAfterEpoch(
  chain: Chain,
  epoch: number,
): Promise<{ state: ChainState; summary: BlockSummary }> {
  const lastSlot = (epoch + 2) * SLOTS_PER_EPOCH - 1;
  if (lastSlot > chain.currentSlot() || lastSlot > chain.head.slot + SLOTS_PER_EPOCH) {
    throw new ApiError(
      404,
      `The rewards of epoch ${epoch} are not known before the end of epoch ${epoch + 1}`,
    );
  }
  const state = await chain.stateAt(lastSlot);
  if (state === undefined) throw new ApiError(404, `State not found: slot ${lastSlot}`);
  return { state, summary: chain.tree.canonicalUpTo(lastSlot) };
}

/** No list means everybody; a list of strangers alone means nobody. */
function knownIds(state: ChainState, ids: readonly ValidatorId[] | undefined): number[] | 'none' | undefined {
  if (ids === undefined || ids.length === 0) return undefined;
  const indices = indicesOf(state, ids);
  return indices.length === 0 ? 'none' : indices;
}

function strictIds(state: ChainState, ids: readonly ValidatorId[] | undefined): number[] | undefined {
  const unknown = (ids ?? []).find((id) => indexOf(state, id) === undefined);
  if (unknown !== undefined) throw new ApiError(400, `Unknown validator: ${unknown}`);
  return ids === undefined || ids.length === 0 ? undefined : indicesOf(state, ids);
}
