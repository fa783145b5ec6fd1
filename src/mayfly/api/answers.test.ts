import { beforeAll, describe, expect, it } from 'vitest';
import { type SteppedSetup, steppedSetup } from '../../../test/support/stepped.ts';
import { SteppedNetwork } from '../stepped-network.ts';
import { startApiServer } from './api-server.ts';

let setup: SteppedSetup;
let stepped: SteppedNetwork;
let url: string;

beforeAll(async () => {
  setup = await steppedSetup(64);
  stepped = await SteppedNetwork.open(setup);
  await stepped.stepTo(34);
  const server = await startApiServer({ node: stepped.node.api, address: '127.0.0.1', port: 0 });
  url = server.url;
  return () => server.close();
});

async function ask(path: string, init?: RequestInit) {
  const response = await fetch(url + path, init);
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? undefined : JSON.parse(text),
    headers: response.headers,
  };
}

function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const content = { 'content-type': 'application/json', ...headers };
  return ask(path, { method: 'POST', headers: content, body: JSON.stringify(body) });
}

const zeroRoot = `0x${'00'.repeat(32)}`;
const electra = { 'eth-consensus-version': 'electra' };

describe('errors', () => {
  it.each([
    ['/eth/v1/beacon/headers/current', 400],
    [`/eth/v1/beacon/headers/${zeroRoot.slice(0, -1)}1`, 404],
    ['/eth/v2/beacon/blocks/99', 404],
    ['/eth/v1/beacon/states/current/root', 400],
    ['/eth/v1/beacon/states/35/root', 404],
    [`/eth/v1/beacon/states/${zeroRoot}/root`, 404],
    ['/eth/v1/beacon/states/head/validators?status=asleep', 400],
    ['/eth/v1/beacon/states/head/validators?id=0x12', 400],
    ['/eth/v1/beacon/states/head/validators/64', 404],
    ['/eth/v1/beacon/states/head/validators/abc', 400],
    ['/eth/v1/beacon/states/head/committees?epoch=9', 400],
    ['/eth/v1/beacon/states/head/committees?epoch=0&slot=33', 400],
    ['/eth/v1/beacon/states/head/sync_committees?epoch=512', 400],
    ['/eth/v1/beacon/states/head/randao?epoch=2', 400],
    ['/eth/v1/beacon/states/head/proposer_lookahead', 400],
    ['/eth/v1/beacon/rewards/blocks/genesis', 400],
    ['/eth/v1/node/health?syncing_status=99', 400],
    ['/eth/v1/node/peers/someone', 404],
    ['/eth/v1/validator/duties/proposer/3', 400],
    ['/eth/v1/validator/duties/proposer/-2', 400],
    ['/eth/v1/validator/attestation_data?slot=35&committee_index=0', 400],
    ['/eth/v1/validator/attestation_data?slot=34&committee_index=64', 400],
    [
      `/eth/v2/validator/aggregate_attestation?attestation_data_root=${zeroRoot}&slot=34&committee_index=0`,
      404,
    ],
    [
      `/eth/v1/validator/sync_committee_contribution?slot=34&subcommittee_index=4&beacon_block_root=${zeroRoot}`,
      400,
    ],
    [`/eth/v3/validator/blocks/34?randao_reveal=0x${'00'.repeat(96)}`, 400],
    ['/eth/v1/beacon/headers?parent_root=0x12', 400],
    ['/eth/v2/validator/aggregate_attestation?attestation_data_root=0x12&slot=34&committee_index=0', 400],
    ['/eth/v1/validator/sync_committee_contribution?slot=34&subcommittee_index=0&beacon_block_root=zz', 400],
    ['/eth/v1/node/peers?state=asleep', 400],
    ['/eth/v1/node/peers?direction=up', 400],
    ['/eth/v1/events?topics=weather', 400],
    ['/eth/v1/events', 400],
    ['/eth/v1/beacon/light_client/finality_update', 501],
    ['/eth/v9/nowhere', 404],
  ])('GET %s is %i with code and message', async (path, status) => {
    const answer = await ask(path);
    expect([answer.status, answer.body]).toEqual([
      status,
      expect.objectContaining({ code: status, message: expect.stringMatching(/./) }),
    ]);
  });

  it.each([
    ['/eth/v1/validator/duties/attester/3', ['0']],
    ['/eth/v1/validator/duties/attester/1', ['64']],
    ['/eth/v1/validator/duties/attester/1', ['-1']],
    ['/eth/v1/validator/duties/attester/1', ['1.5']],
    ['/eth/v1/validator/duties/sync/1', ['1e1']],
    ['/eth/v1/validator/liveness/1', ['-1']],
    ['/eth/v1/validator/liveness/1', [-1]],
    ['/eth/v1/validator/duties/sync/512', ['0']],
    ['/eth/v1/validator/liveness/2', ['0']],
    ['/eth/v1/validator/liveness/1', ['64']],
    ['/eth/v1/beacon/rewards/attestations/0', ['1000']],
    ['/eth/v1/validator/prepare_beacon_proposer', [{ validator_index: '1', fee_recipient: '0x12' }]],
    [
      '/eth/v1/validator/prepare_beacon_proposer',
      [{ validator_index: '-1', fee_recipient: zeroRoot.slice(0, 42) }],
    ],
    [
      '/eth/v1/validator/beacon_committee_subscriptions',
      [
        {
          ...{ validator_index: '1', committee_index: '-1', committees_at_slot: '1', slot: '35' },
          is_aggregator: false,
        },
      ],
    ],
    ['/eth/v1/beacon/pool/voluntary_exits', { message: { epoch: '0' } }],
  ])('POST %s refuses what it must', async (path, body) => {
    const { status, body: answer } = await post(path, body);
    expect([status === 400 || status === 404, answer.code]).toEqual([true, status]);
  });

  it('names each item of a list that failed', async () => {
    const vote = {
      committee_index: '0',
      attester_index: '0',
      data: {
        ...{ slot: '99', index: '0', beacon_block_root: zeroRoot },
        source: { epoch: '0', root: zeroRoot },
        target: { epoch: '3', root: zeroRoot },
      },
      signature: `0x${'00'.repeat(96)}`,
    };
    const old = { ...vote, data: { ...vote.data, slot: '34', target: { epoch: '1', root: zeroRoot } } };
    const answer = await post('/eth/v2/beacon/pool/attestations', [vote, old], electra);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        code: 400,
        failures: [
          { index: 0, message: 'slot 99 has not come yet' },
          { index: 1, message: `block ${zeroRoot} is not known` },
        ],
      },
    });
  });

  it('refuses types that it does not speak', async () => {
    const accept = await ask('/eth/v1/beacon/genesis', { headers: { accept: 'image/png' } });
    expect([accept.status, accept.body.code]).toEqual([406, 406]);
    const type = await ask('/eth/v1/beacon/pool/voluntary_exits', {
      method: 'POST',
      headers: { 'content-type': 'image/png' },
      body: 'x',
    });
    expect([type.status, type.body.code]).toEqual([415, 415]);
  });

  it('refuses blocks and duties with 503 as long as it syncs', async () => {
    const syncing = { ...stepped.node.api, syncing: () => ({ isSyncing: true, syncDistance: 9 }) };
    const server = await startApiServer({ node: syncing, address: '127.0.0.1', port: 0 });
    const status = async (path: string) => (await fetch(server.url + path)).status;
    expect(await status('/eth/v1/validator/duties/proposer/1')).toBe(503);
    expect(await status('/eth/v1/validator/attestation_data?slot=34&committee_index=0')).toBe(503);
    expect(await status('/eth/v1/node/health')).toBe(206);
    expect(await status('/eth/v1/node/health?syncing_status=299')).toBe(299);
    expect(await status('/eth/v1/beacon/headers/head')).toBe(200);
    await server.close();
  });
});

describe('answers', () => {
  const data = async (path: string) => (await ask(path)).body.data;

  it('filter validators by id and status', async () => {
    const [second] = await data('/eth/v1/beacon/states/head/validators?id=1');
    const { pubkey } = second.validator;
    const found = await data(`/eth/v1/beacon/states/head/validators?id=${pubkey},3&id=70&status=active`);
    expect(found.map(({ index }: { index: string }) => index)).toEqual(['1', '3']);
    expect(await data('/eth/v1/beacon/states/head/validators?status=exited')).toEqual([]);
    const posted = await post('/eth/v1/beacon/states/head/validators', { ids: [pubkey], statuses: null });
    expect(posted.body.data).toEqual([second]);
  });

  it.each([',', '&id='])('take the longest list of the standard, joined by %s', async (joint) => {
    const ids = Array.from({ length: 64 }, (_, i) => i).join(joint);
    const { status, body } = await ask(`/eth/v1/beacon/states/head/validators?id=${ids}`);
    expect([status, body.data.length]).toEqual([200, 64]);
  });

  it('say who was live', async () => {
    const { body } = await post('/eth/v1/validator/liveness/0', ['0', '1']);
    expect(body.data).toEqual([
      { index: '0', is_live: true },
      { index: '1', is_live: true },
    ]);
    const now = (
      await post(
        '/eth/v1/validator/liveness/1',
        setup.keys.map((_, i) => `${i}`),
      )
    ).body.data;
    const live = now.filter(({ is_live }: { is_live: boolean }) => is_live).length;
    // Three slots of the epoch have passed: two attesters each, and the proposers.
    expect(live).toBeGreaterThanOrEqual(6);
    expect(live).toBeLessThanOrEqual(9);
  });

  it('give duties the root that they depend on', async () => {
    const rootAt = (slot: number) => stepped.node.chain.tree.canonicalUpTo(slot).root;
    const root = async (path: string) => (await ask(path)).body.dependent_root;
    expect(await root('/eth/v1/validator/duties/proposer/1')).toBe(rootAt(31));
    expect(await root('/eth/v2/validator/duties/proposer/1')).toBe(rootAt(0));
    expect(await root('/eth/v2/validator/duties/proposer/2')).toBe(rootAt(31));
    const attester = await post('/eth/v1/validator/duties/attester/2', ['5']);
    expect(attester.body.dependent_root).toBe(rootAt(31));
    expect(attester.body.data).toHaveLength(1);
  });

  it('give blocks whole, blinded and as SSZ', async () => {
    const { chain } = stepped.node;
    const full = await ask('/eth/v2/beacon/blocks/head');
    expect(full.headers.get('eth-consensus-version')).toBe('electra');
    const blinded = await data('/eth/v1/beacon/blinded_blocks/head');
    const hash = full.body.data.message.body.execution_payload.block_hash;
    expect(blinded.message.body.execution_payload_header.block_hash).toBe(hash);
    const ssz = await fetch(`${url}/eth/v2/beacon/blocks/head`, {
      headers: { accept: 'application/octet-stream' },
    });
    expect(new Uint8Array(await ssz.arrayBuffer())).toEqual(
      new Uint8Array((await chain.blockBytes(chain.head.root)) ?? []),
    );
    expect(await data('/eth/v1/beacon/blob_sidecars/head')).toEqual([]);
  });

  it('tell the spec with its constants', async () => {
    expect(await data('/eth/v1/config/spec')).toMatchObject({
      PRESET_BASE: 'mainnet',
      SECONDS_PER_SLOT: '2',
      DOMAIN_BEACON_ATTESTER: '0x01000000',
      SLOTS_PER_EPOCH: '32',
    });
  });

  it('stream events, headers at once', async () => {
    const response = await fetch(`${url}/eth/v1/events?topics=head,block&topics=payload_attributes,head_v2`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await stepped.step();
    let text = '';
    while (!text.includes('payload_attributes')) text += (await reader?.read())?.value;
    await reader?.cancel();
    expect(text.match(/^event: .*/gm)).toEqual([
      'event: block',
      'event: head',
      'event: head_v2',
      'event: payload_attributes',
    ]);
    expect(text).toContain(stepped.node.chain.head.root);
  });
});
