import { createServer, request, type Server } from 'node:http';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { identityOf } from '../../../test/simulation/network.ts';
import { type SteppedSetup, steppedSetup } from '../../../test/support/stepped.ts';
import { known } from '../../base/answer.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { createBeaconHttp } from '../../chain/http/beacon.ts';
import { publicKeyOf } from '../../core/keys/public-key.ts';
import { startApiServer } from '../../mayfly/api/api-server.ts';
import { SteppedNetwork } from '../../mayfly/stepped-network.ts';
import type { OwnTrace } from './own-trace.ts';
import { SigningWatch } from './signing-alarm.ts';

const validators = 1_000;
const slotMs = 2_000;
const genesisMs = 1_700_000_000_000;

let setup: SteppedSetup;
let url = '';
let asked: string[];
let proxy: Server;
let clock: VirtualClock;

beforeAll(async () => {
  setup = await steppedSetup(validators);
  const stepped = await SteppedNetwork.open(setup);
  await stepped.stepTo(40);
  const server = await startApiServer({ node: stepped.node.api, address: '127.0.0.1', port: 0 });
  url = server.url;
  return () => server.close();
}, 120_000);

/** A Mayfly of 1,000 validators of ours, at slot 40, and in front of it what counts the requests. */
beforeEach(async () => {
  asked = [];
  clock = new VirtualClock(genesisMs + 40 * slotMs);
  proxy = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`.replace(/\?.*/, ''));
    const { method, headers } = incoming;
    const passed = request(`${url}${incoming.url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => proxy.close(resolve)));

function looks(trace: () => OwnTrace) {
  const { port } = proxy.address() as { port: number };
  const beacon = createBeaconHttp({ url: `http://127.0.0.1:${port}` });
  const keys = setup.keys.map(({ pubkey }) => publicKeyOf(pubkey));
  const watch = new SigningWatch(clock);
  const look = {
    identity: { ...identityOf(10), genesisTimeSeconds: genesisMs / 1_000 },
    beacon,
    keys,
    ours: new Set(keys),
    slashedBefore: [],
    startedAtMs: genesisMs - 60_000,
    earlierUntilMs: () => 0,
    strangers: async () => known([]),
    trace: async () => trace(),
  };
  return () => watch.look(look);
}

const allSigned = (): OwnTrace => ({
  marks: new Map(setup.keys.map(({ pubkey }) => [publicKeyOf(pubkey), { attestation: 9, block: 999 }])),
});

describe('the watch over a signer of a thousand keys', () => {
  it('asks for the long lists once an epoch, and for each block of ours once', async () => {
    const look = looks(allSigned);
    expect(await look()).toBeUndefined();
    const first = asked.splice(0);
    expect(first.filter((path) => path.includes('/duties/attester/'))).toHaveLength(2);
    expect(first.filter((path) => path.includes('/headers/')).length).toBeGreaterThan(30);
    await clock.advance(slotMs / 2);
    expect(await look()).toBeUndefined();
    expect(asked).toEqual([
      'POST /eth/v1/beacon/states/head/validators',
      'GET /eth/v1/config/spec',
      'GET /eth/v1/node/syncing',
      'POST /eth/v1/validator/liveness/0',
      'POST /eth/v1/validator/liveness/1',
      'GET /eth/v1/validator/duties/proposer/0',
      'GET /eth/v1/validator/duties/proposer/1',
    ]);
  });

  it('asks for the states alone once the first two epochs are over', async () => {
    const look = looks(allSigned);
    await clock.advance(64 * slotMs);
    expect(await look()).toBeUndefined();
    expect(asked).toEqual(['POST /eth/v1/beacon/states/head/validators', 'GET /eth/v1/config/spec']);
  });

  it('sees one key among them that another signed with, at a later look as well', async () => {
    let trace = allSigned();
    const look = looks(() => trace);
    expect(await look()).toBeUndefined();
    const [stolen] = [...(trace.marks ?? [])][7] ?? [];
    trace = { marks: new Map([...(trace.marks ?? [])].filter(([key]) => key !== stolen)) };
    await clock.advance(slotMs / 2);
    expect(await look()).toMatchObject({
      reason: expect.stringContaining('validator 7 was active in epoch'),
    });
  });
});
