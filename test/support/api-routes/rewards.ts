import { expect } from 'vitest';
import { blockBalanceChange, epochBalanceChange } from '../reward-reference.ts';
import { ofData, type Rows } from './row.ts';
import { type ApiWorld, validatorCount } from './world.ts';

interface Sums {
  readonly validator_index: string;
  readonly reward: string;
}

/** Rewards, against the balances of the transitions that paid them. */
export async function rewardRows({ stepped }: ApiWorld): Promise<Rows> {
  const { chain } = stepped.node;
  const { earnedGwei, proposer } = await blockBalanceChange(chain, chain.head.root);
  const ofEpoch = await epochBalanceChange(chain, 3);
  const syncGwei = chain.headState.epochCtx.syncParticipantReward;
  const seats = (index: number) =>
    chain.headState.epochCtx.currentSyncCommitteeIndexed.validatorIndexMap.get(index)?.length ?? 0;
  return {
    getBlockRewards: [
      {
        args: { blockId: 'head' },
        answer: ofData<Record<string, string>>((data) => {
          expect(data.proposer_index).toBe(`${proposer}`);
          expect(Number(data.total) + seats(proposer) * syncGwei).toBe(earnedGwei[proposer]);
        }),
      },
    ],
    getSyncCommitteeRewards: [
      {
        args: { blockId: 'head' },
        answer: ofData<Sums[]>((data) => {
          const others = data.filter(({ validator_index }) => Number(validator_index) !== proposer);
          expect(others.length).toBeGreaterThan(validatorCount / 2);
          expect(others.map(({ reward }) => Number(reward))).toEqual(
            others.map(({ validator_index }) => earnedGwei[Number(validator_index)]),
          );
        }),
      },
    ],
    getAttestationsRewards: [
      {
        args: { epoch: 3 },
        jsonOnly: true,
        answer: ofData<{ total_rewards: Record<string, string>[] }>(({ total_rewards: totals }) => {
          const sums = totals.map(({ head, target, source, inactivity }) =>
            [head, target, source, inactivity].map(Number).reduce((a, b) => a + b),
          );
          expect(sums).toEqual(totals.map(({ validator_index }) => ofEpoch[Number(validator_index)]));
          expect(totals).toHaveLength(validatorCount);
        }),
      },
      { args: { epoch: 4 }, status: 404 },
    ],
  };
}
