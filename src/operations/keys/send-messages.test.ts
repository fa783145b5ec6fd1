import { computeSigningRoot } from '@lodestar/state-transition';
import { ssz } from '@lodestar/types';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkServices } from '../../../test/support/network-services.ts';
import { type ServedNetwork, serveStepped } from '../../../test/support/served-network.ts';
import { sendingBeacon, sendMessages } from './send-messages.ts';
import { validatorIndices } from './validator-indices.ts';

/** Past the first epoch, for which the exits of this network have to wait. */
const slotToExit = 33;
const { signal } = new AbortController();

function exit({ setup }: ServedNetwork, validatorIndex: number, signer = validatorIndex) {
  const message = { epoch: 0, validatorIndex };
  const domain = setup.network.config.getDomainForVoluntaryExit(0, 0);
  const root = computeSigningRoot(ssz.phase0.VoluntaryExit, message, domain);
  const signature = setup.keys[signer]?.secretKey.sign(root).toBytes() ?? new Uint8Array(96);
  return { kind: 'exit', json: ssz.phase0.SignedVoluntaryExit.toJson({ message, signature }) } as const;
}

describe('messages that are given to a beacon node', () => {
  it('have each their own answer', async () => {
    const network = await serveStepped({ validators: 64, outside: 0 });
    const { url, stepped } = network;
    expect(await sendMessages(url, [exit(network, 5)], signal)).toEqual([
      { outcome: 'refused', reason: expect.stringMatching(/^status 400: .*short_time_active/) },
    ]);
    await stepped.stepTo(slotToExit);
    const change = { ...ssz.capella.SignedBLSToExecutionChange.defaultValue() };
    const changes = {
      kind: 'credentials-change',
      json: ssz.capella.SignedBLSToExecutionChange.toJson(change),
    };
    const messages = [
      exit(network, 6, 7),
      exit(network, 5),
      { ...changes, kind: 'credentials-change' } as const,
    ];
    expect(await sendMessages(`${url}/`, messages, signal)).toEqual([
      { outcome: 'refused', reason: expect.stringMatching(/^status 400: .*invalid_signature/) },
      { outcome: 'taken' },
      { outcome: 'refused', reason: expect.stringMatching(/^status 400: ./) },
    ]);
    const pool = (await network.outside.api.beacon.getPoolVoluntaryExits()).value();
    expect(pool.map(({ message }) => message.validatorIndex)).toEqual([5]);
  });

  it('may have been taken where nobody answered', async () => {
    const [sent] = await sendMessages('http://127.0.0.1:9', [{ kind: 'exit', json: {} }], signal);
    expect(sent?.outcome).toBe('unknown');
  });
});

describe('the beacon node that they are given to', () => {
  let services: Awaited<ReturnType<typeof networkServices>>;
  beforeAll(async () => {
    services = await networkServices(1_796_000_000_000);
  });
  afterAll(() => services?.remove());

  it('is told without the credentials in its address', async () => {
    const network = {
      network: 'mine',
      iteration: 3,
      endsAtMs: 0,
      genesisForkVersion: new Uint8Array(4),
      capellaForkVersion: new Uint8Array(4),
      genesisValidatorsRoot: new Uint8Array(32),
    };
    const beacon = 'http://us:planted-word@127.0.0.1:9/';
    const refusals = [
      sendingBeacon(services, { beacon }, network),
      validatorIndices([`0x${'a1'.repeat(48)}`], { urls: [beacon] }),
    ];
    for (const refusal of refusals) {
      const facts = expect.objectContaining({ url: 'http://127.0.0.1:9' });
      await expect(refusal).rejects.toMatchObject({ code: 'EPH-KEYS-BEACON', facts });
    }
  });

  it('is on the very network that they are signed for', async () => {
    const { url, setup } = await serveStepped({ validators: 8, outside: 0 });
    const network = {
      network: 'mine',
      iteration: 3,
      endsAtMs: 0,
      genesisForkVersion: new Uint8Array(4),
      capellaForkVersion: new Uint8Array(4),
      genesisValidatorsRoot: setup.network.config.genesisValidatorsRoot,
    };
    expect(await sendingBeacon(services, { beacon: url }, network)).toBe(url);
    const other = { ...network, genesisValidatorsRoot: new Uint8Array(32).fill(1) };
    await expect(sendingBeacon(services, { beacon: url }, other)).rejects.toMatchObject({
      code: 'EPH-KEYS-BEACON',
      facts: { reason: expect.stringContaining('another network than iteration 3 of mine') },
    });
    await expect(sendingBeacon(services, {}, network)).rejects.toMatchObject({ code: 'EPH-KEYS-BEACON' });
  });
});
