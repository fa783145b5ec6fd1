import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../../test/support/free-port.ts';
import { networkServices } from '../../../test/support/network-services.ts';
import { serveStepped } from '../../../test/support/served-network.ts';
import { startReleaser } from '../../releases/serve/releaser.ts';
import { type ChaosOrder, devnetChaos } from './devnet-chaos.ts';
import { devnetFaults, type FaultOrder } from './devnet-faults.ts';
import { devnetFolder, writeDevnetSettings } from './devnet-file.ts';
import { newDevnetSettings } from './devnet-settings.ts';

const { signal } = new AbortController();
let services: Awaited<ReturnType<typeof networkServices>>;

beforeEach(async () => {
  services = await networkServices(1_800_000_000_000);
});

afterEach(() => services.remove());

/** A devnet in this root whose producer and releaser are at these addresses. */
async function settled(at: { readonly api?: string; readonly releaser?: string }): Promise<void> {
  const port = async (url: string | undefined) =>
    url === undefined ? freePort() : Number(new URL(url).port);
  const ports = {
    releaser: await port(at.releaser),
    api: await port(at.api),
    rpc: 4003,
    engine: 4004,
    p2p: 4005,
  };
  const nowMs = services.clock.nowMs();
  const settings = newDevnetSettings({ name: 'devnet', seed: 's', nowMs, ports });
  await writeDevnetSettings(devnetFolder(services.paths.root, 'devnet'), settings);
}

const order = (given: ChaosOrder) =>
  devnetChaos(services, { do: 'order', devnet: 'devnet', order: given, signal });
const chaos = (what: 'list' | 'clear') => devnetChaos(services, { do: what, devnet: 'devnet', signal });
const fault = (given: FaultOrder) =>
  devnetFaults(services, { do: 'order', devnet: 'devnet', fault: given, signal });
const faults = (what: 'list' | 'clear') => devnetFaults(services, { do: what, devnet: 'devnet', signal });

describe('chaos', () => {
  it('is ordered, listed and cleared', async () => {
    const { url, stepped } = await serveStepped({ validators: 64, outside: 0, chaos: true });
    await settled({ api: url });
    await stepped.stepTo(4);
    const skipping = { kind: 'skip-slots', slots: 2, fromSlot: 5, toSlot: 6 };
    expect(await order({ kind: 'skip-slots', slots: 2 })).toEqual({ devnet: 'devnet', active: [skipping] });
    expect((await order({ kind: 'stop-finality' })).active).toMatchObject([
      skipping,
      { kind: 'stop-finality', fromSlot: 5 },
    ]);
    expect((await chaos('list')).active).toHaveLength(2);
    expect(await chaos('clear')).toEqual({ devnet: 'devnet', active: [] });
  });

  it('that does not fit is refused with the producer’s own reason', async () => {
    const { url } = await serveStepped({ validators: 64, outside: 0, chaos: true });
    await settled({ api: url });
    await expect(order({ kind: 'slash', validator: 64, by: 'proposal' })).rejects.toMatchObject({
      code: 'EPH-DEVNET-REFUSED',
      message: expect.stringContaining('validator 64 is not one'),
    });
  });
});

describe('faults of the releaser', () => {
  it('are added to those that are set, for the release of an iteration', async () => {
    const releaser = await startReleaser();
    onTestFinished(() => releaser.close());
    await settled({ releaser: releaser.url });
    await fault({ kind: 'late', iteration: 2 });
    const report = await fault({ kind: 'wrong-iteration', insteadIteration: 1, times: 3 });
    const set = [
      { kind: 'late', tag: 'devnet-2' },
      { kind: 'wrong-iteration', insteadTag: 'devnet-1', times: 3 },
    ];
    expect(report).toEqual({ devnet: 'devnet', faults: set });
    expect(releaser.faults()).toEqual(set);
    expect((await faults('list')).faults).toEqual(set);
    expect(await faults('clear')).toEqual({ devnet: 'devnet', faults: [] });
    expect(releaser.faults()).toEqual([]);
  });
});

describe('a devnet that cannot be asked', () => {
  it('does not exist', async () => {
    await expect(chaos('list')).rejects.toMatchObject({ code: 'EPH-FLEET-NO-DEVNET' });
    await expect(faults('list')).rejects.toMatchObject({ code: 'EPH-FLEET-NO-DEVNET' });
  });

  it('does not run', async () => {
    await settled({});
    const none = { code: 'EPH-DEVNET-NO-ANSWER' };
    await expect(chaos('list')).rejects.toMatchObject({ ...none, facts: { part: 'producer' } });
    await expect(fault({ kind: 'late' })).rejects.toMatchObject({ ...none, facts: { part: 'releaser' } });
  });

  it('is another program that took its port', async () => {
    const releaser = await startReleaser();
    onTestFinished(() => releaser.close());
    await settled({ api: releaser.url });
    await expect(chaos('list')).rejects.toMatchObject({ code: 'EPH-DEVNET-NO-ANSWER' });
  });

  it('is not waited for after an interruption', async () => {
    await settled({});
    const stop = AbortSignal.abort(new Error('enough'));
    const asked = devnetChaos(services, { do: 'list', devnet: 'devnet', signal: stop });
    await expect(asked).rejects.toThrow('enough');
  });
});
