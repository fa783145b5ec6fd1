import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createBeaconHttp } from './beacon.ts';
import { createExecutionHttp } from './execution.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server on a free port that answers each path (or JSON-RPC method) with what the table says. */
async function serve(replies: Record<string, unknown>, status = 200): Promise<string> {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const key = request.url === '/' ? String(JSON.parse(body).method) : String(request.url);
    const reply = replies[key];
    if (reply === 'hang') return;
    response.statusCode = reply === undefined ? 404 : status;
    response.end(typeof reply === 'string' ? reply : JSON.stringify(reply ?? {}));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const root = `0x${'Ab'.repeat(32)}`;
const lowerRoot = root.toLowerCase();

describe('execution client over HTTP', () => {
  it('reads chain id and block 0', async () => {
    const url = await serve({
      eth_chainId: { result: '0x259c757' },
      eth_getBlockByNumber: { result: { number: '0x0', hash: root, timestamp: '0x6b2467b0' } },
    });
    const api = createExecutionHttp({ url });
    expect(await api.chainId()).toEqual({ known: true, value: 39438167 });
    expect(await api.block(0)).toEqual({
      known: true,
      value: { number: 0, hash: lowerRoot, timestampSeconds: 0x6b2467b0 },
    });
  });

  it.each([
    ['an error reply', { eth_chainId: { error: { code: -32000, message: 'not ready' } } }],
    ['a null result', { eth_chainId: { result: null } }],
    ['another shape', { eth_chainId: { result: 7 } }],
    ['no JSON', { eth_chainId: '<html>' }],
    ['an empty body', { eth_chainId: '' }],
    ['no answer', { eth_chainId: 'hang' }],
  ])('takes %s as unknown', async (_what, replies) => {
    const api = createExecutionHttp({ url: await serve(replies), timeoutMs: 200 });
    expect((await api.chainId()).known).toBe(false);
  });

  it('takes a refused connection as unknown and says so', async () => {
    const url = await serve({});
    await new Promise((resolve) => server?.close(resolve));
    expect(await createExecutionHttp({ url }).chainId()).toEqual({ known: false, reason: 'ECONNREFUSED' });
  });
});

describe('consensus client over HTTP', () => {
  it('reads genesis', async () => {
    const data = {
      genesis_time: '1797534600',
      genesis_validators_root: root,
      genesis_fork_version: '0x1000101b',
    };
    const api = createBeaconHttp({ url: await serve({ '/eth/v1/beacon/genesis': { data } }) });
    expect(await api.genesis()).toEqual({
      known: true,
      value: {
        genesisTimeSeconds: 1797534600,
        genesisValidatorsRoot: lowerRoot,
        genesisForkVersion: '0x1000101b',
      },
    });
  });

  it('reads the payload of exactly the head it was told of', async () => {
    const payload = `0x${'12'.repeat(32)}`;
    const api = createBeaconHttp({
      url: await serve({
        '/eth/v1/beacon/headers/head': { data: { root, header: { message: { slot: '5' } } } },
        [`/eth/v2/beacon/blocks/${root}`]: {
          data: { message: { body: { execution_payload: { block_hash: payload } } } },
        },
      }),
    });
    expect(await api.head()).toEqual({
      known: true,
      value: { slot: 5, root: lowerRoot, executionBlockHash: payload },
    });
  });

  it('asks for no block at slot 0', async () => {
    const api = createBeaconHttp({
      url: await serve({
        '/eth/v1/beacon/headers/head': { data: { root, header: { message: { slot: '0' } } } },
      }),
    });
    expect(await api.head()).toEqual({ known: true, value: { slot: 0, root: lowerRoot } });
  });

  it('takes 503 as unknown, even with a body that would parse', async () => {
    const data = { head_slot: '1', sync_distance: '0', is_syncing: false };
    const api = createBeaconHttp({ url: await serve({ '/eth/v1/node/syncing': { data } }, 503) });
    expect(await api.syncing()).toEqual({ known: false, reason: 'status 503' });
  });

  it('reads who proposed, and whose messages of the sync committee a block has', async () => {
    const header = { message: { slot: '9', proposer_index: '31' } };
    const body = { sync_aggregate: { sync_committee_bits: '0x0500' } };
    const url = await serve({
      '/eth/v1/beacon/headers/9': { data: { root, header } },
      '/eth/v1/beacon/states/head/sync_committees?epoch=1': { data: { validators: ['4', '7', '4'] } },
      '/eth/v2/beacon/blocks/9': { data: { message: { body } } },
    });
    const api = createBeaconHttp({ url });
    expect(await api.proposerOf(9)).toEqual({ known: true, value: 31 });
    expect(await api.proposerOf(10)).toMatchObject({ known: false });
    expect(await api.syncCommittee(1)).toEqual({ known: true, value: [4, 7, 4] });
    const bits = await api.syncBits(9);
    expect(bits.known && bits.value.slice(0, 4)).toEqual([true, false, true, false]);
  });

  it('reads when a validator becomes active, where that is decided', async () => {
    const state = (index: number, activation: string) => ({
      index: `${index}`,
      status: 'pending_queued',
      validator: { pubkey: `0x8${index}${'ab'.repeat(47)}`, slashed: false, activation_epoch: activation },
    });
    const data = [state(1, '12'), state(2, '18446744073709551615')];
    const api = createBeaconHttp({ url: await serve({ '/eth/v1/beacon/states/head/validators': { data } }) });
    const answer = await api.validators([`0x81${'ab'.repeat(47)}`, `0x82${'ab'.repeat(47)}`]);
    expect(answer.known && [...answer.value.values()].map((each) => each.activationEpoch)).toEqual([
      12,
      undefined,
    ]);
  });

  it('asks who attests again only where the duties depend on another block', async () => {
    const duty = (index: number, slot: number) => ({ validator_index: `${index}`, slot: `${slot}` });
    const paths: Record<string, { dependent_root?: string; data: unknown[] }> = {
      '/eth/v1/validator/duties/proposer/1': { dependent_root: root, data: [duty(3, 9)] },
      '/eth/v1/validator/duties/attester/1': { dependent_root: root, data: [duty(3, 10)] },
    };
    const api = createBeaconHttp({ url: await serve(paths) });
    const first = await api.duties(1, [3]);
    if (!first.known) throw new TypeError(first.reason);
    const heldOf = async () => {
      const { attesters } = { attesters: new Map([[3, 99]]) };
      const answer = await api.duties(1, [3], { ...first.value, attesters });
      return answer.known ? answer.value.attesters.get(3) : answer.reason;
    };
    expect(first.value.attesters.get(3)).toBe(10);
    expect(await heldOf()).toBe(99);
    paths['/eth/v1/validator/duties/proposer/1'] = {
      dependent_root: `0x${'12'.repeat(32)}`,
      data: [duty(3, 9)],
    };
    expect(await heldOf()).toBe(10);
    paths['/eth/v1/validator/duties/proposer/1'] = { data: [duty(3, 9)] };
    expect(await heldOf()).toBe(10);
  });

  it('reads liveness by index', async () => {
    const data = [
      { index: '3', is_live: true },
      { index: '9', is_live: false },
    ];
    const api = createBeaconHttp({ url: await serve({ '/eth/v1/validator/liveness/7': { data } }) });
    const answer = await api.liveness(7, [3, 9]);
    expect(answer).toEqual({
      known: true,
      value: new Map([
        [3, true],
        [9, false],
      ]),
    });
  });
});
