import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { steppedSetup } from '../../../test/support/stepped.ts';
import { type ApiServer, startApiServer } from '../api/api-server.ts';
import type { ChainEvent } from '../chain/chain-events.ts';
import { SteppedNetwork } from '../stepped-network.ts';
import { withChaos } from './chaos-routes.ts';

const setup = await steppedSetup(64);

/** What the tests read of any answer. */
interface Reply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the answers of many routes, of which each test reads a part.
  readonly body: any;
}

describe('chaos, as a client of the API sees it', () => {
  let stepped: SteppedNetwork;
  let server: ApiServer;

  beforeEach(async () => {
    stepped = await SteppedNetwork.open(setup);
    const chaos = withChaos(stepped.node.chaos, stepped.clock);
    server = await startApiServer({ node: stepped.node.api, address: '127.0.0.1', port: 0, ...chaos });
    await stepped.stepTo(4);
  });
  afterEach(() => server.close());

  async function call(path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await fetch(server.url + path, init);
    return { status: response.status, body: await response.json() };
  }
  const get = (path: string) => call(path);
  const order = (command: object) =>
    call('/mayfly/v1/chaos', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(command),
    });
  const headSlot = async () =>
    Number((await get('/eth/v1/beacon/headers/head')).body.data.header.message.slot);
  const blockAt = (slot: number) => get(`/eth/v2/beacon/blocks/${slot}`);
  const votersIn = async (slot: number) => {
    const { body } = await blockAt(slot);
    const [attestation] = body.data.message.body.attestations as { aggregation_bits: string }[];
    return attestation === undefined ? 0 : bitsOf(attestation.aggregation_bits);
  };

  it('skips slots: there is no block in them, and then there is again', async () => {
    expect((await order({ kind: 'skip-slots', slots: 2 })).body.data.active).toEqual([
      { kind: 'skip-slots', slots: 2, fromSlot: 5, toSlot: 6 },
    ]);
    await stepped.stepTo(7);
    expect((await blockAt(5)).status).toBe(404);
    expect((await blockAt(6)).status).toBe(404);
    expect(await headSlot()).toBe(7);
    expect((await get('/mayfly/v1/chaos')).body.data.active).toEqual([]);
  });

  it('drops all attestations of a slot when the share is 1', async () => {
    expect(await votersIn(4)).toBeGreaterThan(0);
    await order({ kind: 'drop-attestations', share: 1, slots: 1 });
    await stepped.stepTo(6);
    expect(await votersIn(6)).toBe(0);
    await stepped.stepTo(7);
    expect(await votersIn(7)).toBeGreaterThan(0);
  });

  it('makes a block late: the votes of its slot go to its parent', async () => {
    await order({ kind: 'late-block', delayMs: 1_500, slots: 1 });
    await stepped.stepTo(6);
    const parentOf5 = (await blockAt(5)).body.data.message.parent_root;
    const [vote] = (await blockAt(6)).body.data.message.body.attestations;
    expect(vote.data.slot).toBe('5');
    expect(vote.data.beacon_block_root).toBe(parentOf5);
  });

  it('refuses a delay that is longer than a slot', async () => {
    const { status, body } = await order({ kind: 'late-block', delayMs: 2_000, slots: 1 });
    expect(status).toBe(400);
    expect(body.message).toContain('skip slots instead');
  });

  it('reorgs: the event tells the depth and the old blocks are no longer canonical', async () => {
    const replaced = (await get('/eth/v1/beacon/headers/3')).body.data.root;
    const events: ChainEvent[] = [];
    stepped.node.chain.events.subscribe((event) => void events.push(event));
    await order({ kind: 'reorg', depth: 2 });
    await stepped.stepTo(5);
    const reorg = events.find((event) => event.type === 'chain_reorg');
    expect(reorg?.message).toMatchObject({ slot: 5, depth: 2 });
    expect((await blockAt(3)).status).toBe(404);
    expect((await get(`/eth/v1/beacon/headers/${replaced}`)).body.data.canonical).toBe(false);
    await stepped.stepTo(6);
    expect((await blockAt(6)).status).toBe(200);
    expect((await get('/mayfly/v1/chaos')).body.data.active).toEqual([]);
  });

  it('refuses a reorg that goes back before the finalized block', async () => {
    expect((await order({ kind: 'reorg', depth: 5 })).status).toBe(400);
  });

  it.each(['proposal', 'attestation'] as const)('slashes a validator by a double %s', async (by) => {
    expect((await order({ kind: 'slash', validator: 7, by })).status).toBe(200);
    await stepped.stepTo(5);
    expect(stepped.node.chain.headState.validators.getReadonly(7).slashed).toBe(true);
    const { proposer_slashings: proposals, attester_slashings: votes } = (await blockAt(5)).body.data.message
      .body;
    expect([proposals.length, votes.length]).toEqual(by === 'proposal' ? [1, 0] : [0, 1]);
    expect((await order({ kind: 'slash', validator: 7, by })).status).toBe(400);
  });

  it('refuses to slash a validator that is not its own', async () => {
    expect((await order({ kind: 'slash', validator: 64, by: 'proposal' })).status).toBe(400);
  });

  it('stalls the API until the time is over, but not the chaos routes', async () => {
    await order({ kind: 'stall-api', durationMs: 3_000 });
    let isAnswered = false;
    const held = get('/eth/v1/node/version').then((reply) => {
      isAnswered = true;
      return reply;
    });
    await get('/mayfly/v1/chaos');
    await get('/mayfly/v1/chaos');
    expect(isAnswered).toBe(false);
    await stepped.clock.advance(3_001);
    expect((await held).status).toBe(200);
  });

  it('lies about the genesis and the head when told to, and stops when cleared', async () => {
    const truth = (await get('/eth/v1/beacon/genesis')).body.data.genesis_validators_root;
    const root = (await get('/eth/v1/beacon/headers/head')).body.data.root;
    await order({ kind: 'wrong-answers', about: 'genesis', durationMs: 60_000 });
    await order({ kind: 'wrong-answers', about: 'head', durationMs: 60_000 });
    expect((await get('/eth/v1/beacon/genesis')).body.data.genesis_validators_root).not.toBe(truth);
    expect((await get('/eth/v1/beacon/headers/head')).body.data.root).not.toBe(root);
    await call('/mayfly/v1/chaos', { method: 'DELETE' });
    expect((await get('/eth/v1/beacon/genesis')).body.data.genesis_validators_root).toBe(truth);
    expect((await get('/eth/v1/beacon/headers/head')).body.data.root).toBe(root);
  });

  it('breaks off every connection in an outage, and makes no blocks', async () => {
    await order({ kind: 'outage', slots: 2 });
    await stepped.stepTo(5);
    await expect(get('/eth/v1/node/version')).rejects.toThrow('fetch failed');
    await stepped.stepTo(7);
    expect(await headSlot()).toBe(7);
    expect((await blockAt(6)).status).toBe(404);
  });

  it.each([
    [{ kind: 'skip-slots' }, 'slots'],
    [{ kind: 'drop-attestations', share: 2, slots: 1 }, 'share'],
    [{ kind: 'nonsense' }, 'kind'],
    [{ kind: 'reorg', depth: 1, extra: true }, 'extra'],
  ])('refuses %j', async (command, named) => {
    const { status, body } = await order(command);
    expect(status).toBe(400);
    expect(body.message).toContain(named);
  });
});

describe('stopped finality', () => {
  it('holds the finalized epoch until it is cleared', async () => {
    const stepped = await SteppedNetwork.open(setup);
    const { chain, chaos } = stepped.node;
    chaos.order({ kind: 'stop-finality' });
    await stepped.stepTo(160);
    expect([chain.justified.epoch, chain.finalized.epoch]).toEqual([0, 0]);
    chaos.clear();
    await stepped.stepTo(290);
    expect(chain.finalized.epoch).toBeGreaterThanOrEqual(6);
  }, 60_000);
});

function bitsOf(bitlist: string): number {
  const bits = [...Buffer.from(bitlist.slice(2), 'hex')].map(
    (byte) => byte.toString(2).replaceAll('0', '').length,
  );
  // The highest bit of a bitlist marks its length.
  return bits.reduce((sum, count) => sum + count, 0) - 1;
}
