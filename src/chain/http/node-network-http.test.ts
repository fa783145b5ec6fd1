import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createBeaconNetworkHttp } from './beacon-network.ts';
import { createExecutionNetworkHttp } from './execution-network.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers JSON-RPC methods by name; others as a client without them does. */
async function execution(results: Readonly<Record<string, unknown>>) {
  const url = await serve((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { method } = JSON.parse(text) as { method: string };
      const error = { code: -32_601, message: `the method ${method} does not exist` };
      const body = method in results ? { result: results[method] } : { error };
      response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }));
    });
  });
  return createExecutionNetworkHttp(url);
}

async function beacon(data: unknown) {
  return createBeaconNetworkHttp(await serve((_request, response) => response.end(JSON.stringify({ data }))));
}

describe('an execution client’s progress and peers', () => {
  it('reads geth’s figures', async () => {
    const api = await execution({
      eth_syncing: {
        currentBlock: '0x10',
        highestBlock: '0x20',
        syncedAccounts: '0x5',
        startingBlock: '0x0',
      },
      eth_blockNumber: '0x0',
    });
    expect(await api.progress()).toEqual({
      known: true,
      value: {
        isSyncing: true,
        currentBlock: 16,
        highestBlock: 32,
        figures: { currentBlock: 16, highestBlock: 32, syncedAccounts: 5, startingBlock: 0 },
        stages: [],
      },
    });
    expect(await api.headBlock()).toEqual({ known: true, value: 0 });
  });

  it('reads the stages of erigon and of reth', async () => {
    const syncing = (stages: unknown) => ({ currentBlock: '0x1', highestBlock: '0x9', stages });
    const erigon = await execution({
      eth_syncing: syncing([{ stage_name: 'Headers', block_number: '0x9' }]),
    });
    const reth = await execution({ eth_syncing: syncing([{ name: 'Bodies', block: '0x3' }]) });
    const stages = [await erigon.progress(), await reth.progress()].map((answer) =>
      answer.known ? answer.value.stages : [],
    );
    expect(stages).toEqual([[{ name: 'Headers', block: 9 }], [{ name: 'Bodies', block: 3 }]]);
  });

  it('says false as not syncing, and an error as unknown', async () => {
    const api = await execution({ eth_syncing: false });
    expect(await api.progress()).toMatchObject({ known: true, value: { isSyncing: false } });
    expect(await api.peers()).toEqual({
      known: false,
      reason: 'admin_peers: the method admin_peers does not exist',
    });
  });

  it('knows the direction of peers in both forms', async () => {
    const api = await execution({
      admin_peers: [
        { name: 'Geth/v1', network: { inbound: true, remoteAddress: '1.2.3.4:5' } },
        { name: 'Nethermind/v1', inbound: false },
        {},
      ],
      admin_nodeInfo: { enode: 'enode://x', ip: '1.2.3.4', ports: { listener: 30_303 } },
    });
    const peers = await api.peers();
    expect(peers.known && peers.value).toEqual([
      { direction: 'inbound', client: 'Geth/v1', address: '1.2.3.4:5' },
      { direction: 'outbound', client: 'Nethermind/v1' },
      { direction: 'unknown' },
    ]);
    expect(await api.identity()).toMatchObject({ known: true, value: { addresses: ['1.2.3.4:30303'] } });
  });
});

describe('a consensus client’s network and peers', () => {
  it('reads the length of a slot', async () => {
    const api = await beacon({ SECONDS_PER_SLOT: '12', SLOTS_PER_EPOCH: '32', OTHER: ['x'] });
    expect(await api.timing()).toEqual({ known: true, value: { slotSeconds: 12, slotsPerEpoch: 32 } });
    expect((await (await beacon({ SECONDS_PER_SLOT: '0' })).timing()).known).toBe(false);
  });

  it('counts the connected only, whatever the server filtered', async () => {
    const api = await beacon([
      { state: 'connected', direction: 'inbound', last_seen_p2p_address: '/ip4/1.2.3.4/tcp/9000' },
      { state: 'disconnected', direction: 'outbound' },
      { state: 'connected', direction: null, agent: 'Lighthouse/v8' },
    ]);
    const peers = await api.peers();
    expect(peers.known && peers.value).toEqual([
      { direction: 'inbound', address: '/ip4/1.2.3.4/tcp/9000' },
      { direction: 'unknown', client: 'Lighthouse/v8' },
    ]);
  });

  it('takes an identity without a record', async () => {
    const api = await beacon({ peer_id: 'x', enr: '', p2p_addresses: [] });
    expect(await api.identity()).toEqual({ known: true, value: { addresses: [] } });
  });
});
