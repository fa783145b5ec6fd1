import { describe, expect, it } from 'vitest';
import { serveStepped } from '../../../test/support/served-network.ts';

async function served() {
  const network = await serveStepped({ validators: 64, outside: 0, chaos: true });
  const { stepped, url } = network;
  const syncing = async () => {
    const response = await fetch(`${url}/eth/v1/node/syncing`);
    return ((await response.json()) as { data: Record<string, unknown> }).data;
  };
  const status = async (path: string) => (await fetch(url + path)).status;
  const { slotMs } = network.setup.network;
  return { stepped, syncing, status, letSlotsPass: (slots: number) => stepped.clock.advance(slots * slotMs) };
}

describe('what a producer says of its sync', () => {
  it('is no distance before and while every slot has its block', async () => {
    const { stepped, syncing } = await served();
    const none = { sync_distance: '0', is_syncing: false };
    expect(await syncing()).toMatchObject({ head_slot: '0', ...none });
    await stepped.stepTo(3);
    expect(await syncing()).toMatchObject({ head_slot: '3', ...none });
  });

  it('is the distance to the clock in empty slots, without syncing', async () => {
    const { stepped, syncing, status } = await served();
    await stepped.stepTo(3);
    stepped.node.chaos.order({ kind: 'skip-slots', slots: 20 });
    await stepped.stepTo(23);
    expect(await syncing()).toMatchObject({ head_slot: '3', sync_distance: '20', is_syncing: false });
    expect(await status('/eth/v1/node/health')).toBe(200);
    expect(await status('/eth/v1/validator/attestation_data?slot=23&committee_index=0')).toBe(200);
    await stepped.step();
    expect(await syncing()).toMatchObject({ head_slot: '24', sync_distance: '0', is_syncing: false });
  });

  it('is syncing while more than eight slots were not gone through', async () => {
    const { stepped, syncing, status, letSlotsPass } = await served();
    await stepped.stepTo(3);
    await letSlotsPass(8);
    expect(await syncing()).toMatchObject({ sync_distance: '8', is_syncing: false });
    await letSlotsPass(1);
    expect(await syncing()).toMatchObject({ sync_distance: '9', is_syncing: true });
    expect(await status('/eth/v1/node/health')).toBe(206);
    expect(await status('/eth/v1/validator/attestation_data?slot=12&committee_index=0')).toBe(503);
    // As the slot loop does: what was slept through is not made up for.
    await stepped.node.producer.prepareNext(12);
    expect(await syncing()).toMatchObject({ sync_distance: '9', is_syncing: false });
  });
});
