import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/mayfly/types.ts';
import { serveStepped } from '../support/served-network.ts';

describe('validators that know only the API', () => {
  it('do all their duties, and the chain has and rewards them', async () => {
    const { stepped, outside, setup } = await serveStepped({ validators: 64, outside: 16 });
    const { chain } = stepped.node;
    const atSlotZero = (await outside.api.beacon.getEpochCommittees({ stateId: 'head', slot: 0 })).value();
    await stepped.stepTo(64, outside);
    const { performed, api } = outside;
    expect(chain.head.slot).toBe(64);
    expect(performed.proposed.length).toBeGreaterThan(8);
    expect(performed.aggregates).toBeGreaterThan(24);
    expect(performed.contributions).toBeGreaterThan(100);
    for (const { slot, root, proposer } of performed.proposed) {
      expect(chain.tree.canonicalAt(slot)).toMatchObject({ root, proposerIndex: proposer });
    }
    const { totalRewards } = (await api.beacon.getAttestationsRewards({ epoch: 0 })).value();
    const unpaid = totalRewards.filter(({ head, target, source }) => Math.min(head, target, source) <= 0);
    // Nobody attests in slot 0: its committee is the only one without reward.
    const silent = atSlotZero.flatMap(({ validators }) => validators).sort((a, b) => a - b);
    expect(unpaid.map(({ validatorIndex }) => validatorIndex)).toEqual(silent);
    const { data } = await fetchRewards(outside.api.httpClient.baseUrl);
    expect(Number(data.sync_aggregate)).toBeGreaterThan(0);
    const sync = (await api.beacon.getSyncCommitteeRewards({ blockId: 'head' })).value();
    expect(sync.every(({ reward }) => reward > 0)).toBe(true);
    expect(new Set(sync.map(({ validatorIndex }) => validatorIndex)).size).toBe(setup.keys.length);
  });

  it('do so on Fulu as well', async () => {
    const { stepped, outside } = await serveStepped({
      validators: 64,
      outside: 32,
      genesis: { fork: 'fulu' },
    });
    await stepped.stepTo(6, outside);
    const { chain } = stepped.node;
    expect(chain.head.slot).toBe(6);
    for (const { slot, root } of outside.performed.proposed) {
      expect(chain.tree.canonicalAt(slot)?.root).toBe(root);
    }
    const { body } = (await outside.api.beacon.getBlockV2({ blockId: 'head' })).value().message as Block;
    expect(body.syncAggregate.syncCommitteeBits.getTrueBitIndexes()).toHaveLength(512);
    const [attestation] = body.attestations;
    expect(attestation?.aggregationBits.getTrueBitIndexes()).toHaveLength(2);
  });
});

async function fetchRewards(url: string): Promise<{ data: { sync_aggregate: string } }> {
  const response = await fetch(`${url}/eth/v1/beacon/rewards/blocks/head`);
  return (await response.json()) as { data: { sync_aggregate: string } };
}
