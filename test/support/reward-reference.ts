import type { Chain } from '../../src/mayfly/chain/chain.ts';
import { advanceTo } from '../../src/mayfly/chain/transition.ts';
import type { ChainState } from '../../src/mayfly/types.ts';

/** What a transition did to each validator's balance, in gwei, and what of that is no reward. */
export interface BalanceChange {
  readonly proposer: number;
  /** By validator, without what was withdrawn and without the penalties of who was slashed in it. */
  readonly earnedGwei: readonly number[];
  readonly slashed: readonly number[];
}

/** A slashed validator loses this part at once: MIN_SLASHING_PENALTY_QUOTIENT_ELECTRA. */
const slashingPenaltyQuotient = 4096;

/** The balances of a block's state against those just before the block. */
export async function blockBalanceChange(chain: Chain, root: string): Promise<BalanceChange> {
  const summary = chain.tree.get(root);
  const block = await chain.block(root);
  const parent = summary && (await chain.stateOf(summary.parentRoot));
  const after = await chain.stateOf(root);
  if (summary === undefined || block === undefined || parent === undefined || after === undefined) {
    throw new Error(`block ${root} is not known`);
  }
  const before = await advanceTo(parent, summary.slot);
  const earned = difference(before, after);
  for (const { validatorIndex, amount } of block.message.body.executionPayload.withdrawals) {
    earned[validatorIndex] = (earned[validatorIndex] ?? 0) + Number(amount);
  }
  const slashed = earned.flatMap((_, index) => (isNewlySlashed(before, after, index) ? [index] : []));
  for (const index of slashed) {
    const { effectiveBalance } = before.validators.get(index);
    earned[index] = (earned[index] ?? 0) + Math.floor(effectiveBalance / slashingPenaltyQuotient);
  }
  return { proposer: summary.proposerIndex, earnedGwei: earned, slashed };
}

/** What the end of epoch `epoch + 1` did to the balances: it pays the attestations of `epoch`. */
export async function epochBalanceChange(chain: Chain, epoch: number): Promise<number[]> {
  const lastSlot = (epoch + 2) * 32 - 1;
  const before = await chain.stateAt(lastSlot);
  if (before === undefined) throw new Error(`there is no state of slot ${lastSlot}`);
  return difference(before, await advanceTo(before, lastSlot + 1));
}

function difference(before: ChainState, after: ChainState): number[] {
  const old = before.balances.getAll();
  return after.balances.getAll().map((balance, index) => balance - (old[index] ?? 0));
}

function isNewlySlashed(before: ChainState, after: ChainState, index: number): boolean {
  return after.validators.get(index).slashed && !before.validators.get(index).slashed;
}
