import { type electra, ssz } from '@lodestar/types';
import { describe, expect, it } from 'vitest';
import { blockBalanceChange, epochBalanceChange } from '../../../test/support/reward-reference.ts';
import { serveStepped } from '../../../test/support/served-network.ts';
import { attestationSigningRoot } from '../production/signing.ts';
import type { SteppedNetwork } from '../stepped-network.ts';

interface BlockRewards {
  readonly proposer_index: string;
  readonly total: string;
  readonly attestations: string;
  readonly sync_aggregate: string;
  readonly proposer_slashings: string;
  readonly attester_slashings: string;
}

interface AttestationReward {
  readonly validator_index: string;
  readonly head: string;
  readonly target: string;
  readonly source: string;
  readonly inactivity: string;
}

async function ask<T>(url: string, path: string, body?: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = (await (await fetch(url + path, init)).json()) as { data: T };
  return answer.data;
}

/** Rewards of everybody by index; who has several seats may come several times. */
function byValidator(count: number, rewards: readonly { validator_index: string; reward: string }[]) {
  const sums = new Array<number>(count).fill(0);
  for (const { validator_index: index, reward } of rewards) {
    sums[Number(index)] = (sums[Number(index)] ?? 0) + Number(reward);
  }
  return sums;
}

/** The same double vote by several of the producer's validators together. */
function jointly(
  { node }: SteppedNetwork,
  proof: electra.AttesterSlashing | undefined,
  attestingIndices: number[],
): electra.AttesterSlashing {
  const again = (vote: electra.IndexedAttestationBigint | undefined) => {
    const data = ssz.phase0.AttestationData.fromJson(
      ssz.phase0.AttestationDataBigint.toJson(vote?.data ?? ssz.phase0.AttestationDataBigint.defaultValue()),
    );
    const signature = node.keys.sign(attestingIndices, attestationSigningRoot(node.chain.config, data));
    return { ...ssz.electra.IndexedAttestationBigint.defaultValue(), ...vote, attestingIndices, signature };
  };
  return { attestation1: again(proof?.attestation1), attestation2: again(proof?.attestation2) };
}

function sum({ head, target, source, inactivity }: AttestationReward): number {
  return Number(head) + Number(target) + Number(source) + Number(inactivity);
}

describe('rewards of blocks and sync committees', () => {
  it('are to the gwei what the balances show, of slashings and of those who stay away too', async () => {
    const { stepped, url } = await serveStepped({ validators: 64, outside: 0 });
    const { chain, chaos } = stepped.node;
    await stepped.stepTo(34);
    chaos.order({ kind: 'drop-attestations', share: 0.3, slots: 100 });
    chaos.order({ kind: 'slash', validator: 11, by: 'proposal' });
    chaos.order({ kind: 'slash', validator: 12, by: 'attestation' });
    const [proof] = stepped.node.pools.operations.all().attesterSlashings;
    stepped.node.pools.operations.addAttesterSlashing(jointly(stepped, proof, [11, 12, 13]));
    await stepped.stepTo(40);
    const seen = { penalties: 0, slashings: 0 };
    for (let slot = 33; slot <= 40; slot++) {
      const root = chain.tree.canonicalAt(slot)?.root;
      if (root === undefined) continue;
      const { proposer, earnedGwei, slashed } = await blockBalanceChange(chain, root);
      const block = await ask<BlockRewards>(url, `/eth/v1/beacon/rewards/blocks/${slot}`);
      const sync = byValidator(64, await ask(url, `/eth/v1/beacon/rewards/sync_committee/${slot}`, []));
      expect(Number(block.proposer_index)).toBe(proposer);
      const told = sync.map((reward, index) => reward + (index === proposer ? Number(block.total) : 0));
      expect(told).toEqual(earnedGwei);
      const { attestations, sync_aggregate, proposer_slashings, attester_slashings } = block;
      const parts = [attestations, sync_aggregate, proposer_slashings, attester_slashings].map(Number);
      expect(parts.reduce((a, b) => a + b)).toBe(Number(block.total));
      // The proposer who brings a slashing has the 4096th part of the effective balance for it (EIP-7251).
      const bounty = 32_000_000_000 / 4096;
      expect(Number(proposer_slashings)).toBe(slashed.includes(11) ? bounty : 0);
      expect(Number(attester_slashings)).toBe(slashed.filter((index) => index > 11).length * bounty);
      seen.penalties += sync.filter((reward) => reward < 0).length;
      seen.slashings += slashed.length;
    }
    expect(seen.slashings).toBe(3);
    expect(seen.penalties).toBeGreaterThan(40);
  });

  it('are given for those who are asked for', async () => {
    const { stepped, url, setup } = await serveStepped({ validators: 64, outside: 0 });
    await stepped.stepTo(3);
    const path = '/eth/v1/beacon/rewards/sync_committee/head';
    const all = byValidator(64, await ask(url, path, []));
    const pubkey = `0x${Buffer.from(setup.keys[9]?.pubkey ?? []).toString('hex')}`;
    const some = await ask<{ validator_index: string; reward: string }[]>(url, path, ['4', pubkey]);
    expect([...new Set(some.map(({ validator_index }) => validator_index))].sort()).toEqual(['4', '9']);
    const expected = all.map((reward, index) => (index === 4 || index === 9 ? reward : 0));
    expect(byValidator(64, some)).toEqual(expected);
  });
});

describe('rewards of attestations', () => {
  it('are to the gwei what the epoch transition pays and takes, in an inactivity leak too', async () => {
    const { stepped, url } = await serveStepped({ validators: 64, outside: 0 });
    const { chain, chaos } = stepped.node;
    await stepped.stepTo(34);
    chaos.order({ kind: 'stop-finality' });
    await stepped.stepTo(32 * 10);
    const seen = { rewarded: 0, penalized: 0, leaked: 0 };
    for (let epoch = 0; epoch <= 8; epoch++) {
      const path = `/eth/v1/beacon/rewards/attestations/${epoch}`;
      const { total_rewards: rewards } = await ask<{ total_rewards: AttestationReward[] }>(url, path, []);
      expect(rewards.map(({ validator_index }) => Number(validator_index))).toEqual([...rewards.keys()]);
      expect(rewards.map(sum)).toEqual(await epochBalanceChange(chain, epoch));
      seen.rewarded += rewards.filter((reward) => sum(reward) > 0).length;
      seen.penalized += rewards.filter(({ target }) => Number(target) < 0).length;
      seen.leaked += rewards.filter(({ inactivity }) => Number(inactivity) < 0).length;
    }
    expect(Math.min(seen.rewarded, seen.penalized, seen.leaked)).toBeGreaterThan(20);
  }, 60_000);

  it('are the ideal ones for whoever voted rightly and in time', async () => {
    const { stepped, url } = await serveStepped({ validators: 64, outside: 0 });
    await stepped.stepTo(97);
    const { ideal_rewards: ideals, total_rewards: totals } = await ask<{
      ideal_rewards: (AttestationReward & { effective_balance: string })[];
      total_rewards: AttestationReward[];
    }>(url, '/eth/v1/beacon/rewards/attestations/1', []);
    const ideal = ideals.find(({ effective_balance: balance }) => balance === '32000000000');
    expect(totals.map(({ head, target, source }) => [head, target, source])).toEqual(
      totals.map(() => [ideal?.head, ideal?.target, ideal?.source]),
    );
    const half = ideals.find(({ effective_balance: balance }) => balance === '16000000000');
    expect(Number(ideal?.target) - 2 * Number(half?.target)).toBeOneOf([0, 1]);
    expect(Number(ideal?.head)).toBeGreaterThan(0);
  });
});
