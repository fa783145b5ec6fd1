import { describe, expect, it, onTestFinished } from 'vitest';
import { steppedSetup } from '../../../test/support/stepped.ts';
import type { EngineApi, ForkchoiceState, NewPayload } from '../../chain/engine.ts';
import { startApiServer } from '../api/api-server.ts';
import { SteppedNetwork } from '../stepped-network.ts';
import { createStubEngine } from './stub-engine.ts';

const setup = await steppedSetup(64);
const zero = `0x${'00'.repeat(32)}`;

const syncing = { status: 'SYNCING', latestValidHash: null, validationError: null };
const syncingAnswers = {
  newPayload: syncing,
  forkchoiceUpdated: { payloadStatus: syncing, payloadId: null },
  hasBlock: false,
};

/** An execution client that can be wiped or leave at any time, and what it was told. */
class Client {
  readonly heads: ForkchoiceState[] = [];
  readonly payloads: NewPayload[] = [];
  isThere = true;
  /** It takes nothing in: it says of everything that it lacks what comes before. */
  isSyncing = false;
  private stub = this.fresh();
  readonly engine: EngineApi = new Proxy({} as EngineApi, {
    get:
      (_, method: keyof EngineApi) =>
      async (...args: unknown[]) => {
        if (!this.isThere) return { kind: 'offline', reason: 'gone' };
        if (method === 'forkchoiceUpdated') this.heads.push(args[0] as ForkchoiceState);
        if (method === 'newPayload') this.payloads.push(args[0] as NewPayload);
        if (this.isSyncing && method in syncingAnswers) {
          return { kind: 'answer', value: syncingAnswers[method as keyof typeof syncingAnswers] };
        }
        return (this.stub[method] as (...all: unknown[]) => unknown)(...args);
      },
  });

  wipe(): void {
    this.stub = this.fresh();
  }

  /** Comes back empty, with these blocks stored that it has not executed and will not by itself. */
  wipeAllBut(hashes: readonly string[]): void {
    this.wipe();
    const { hasBlock } = this.stub;
    this.stub.hasBlock = async (hash) =>
      hashes.includes(hash) ? { kind: 'answer', value: true } : hasBlock(hash);
  }

  private fresh(): EngineApi {
    return createStubEngine({ genesisHash: setup.network.genesisBlock.executionHash });
  }
}

async function start() {
  const client = new Client();
  const stepped = await SteppedNetwork.open({ ...setup, engine: client.engine });
  return { client, stepped };
}

describe('leading an execution client', () => {
  it('takes one forkchoice call and one payload a slot', async () => {
    const { client, stepped } = await start();
    await stepped.stepTo(2);
    const before = client.heads.length;
    await stepped.stepTo(6);
    expect(client.heads.length - before).toBe(4);
    expect(client.payloads).toHaveLength(6);
  });

  it('proposes in the very slot in which the client came back empty', async () => {
    const { client, stepped } = await start();
    await stepped.stepTo(5);
    client.wipe();
    client.payloads.length = 0;
    expect((await stepped.step()).kind).toBe('proposed');
    expect(client.payloads.map(({ payload }) => Number(payload.blockNumber))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('has blocks executed that the client stored while it started', async () => {
    const { client, stepped } = await start();
    await stepped.stepTo(9);
    const { chain, execution } = stepped.node;
    const stored = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(
      (slot) => chain.tree.canonicalAt(slot)?.executionHash ?? '',
    );
    client.wipeAllBut(stored);
    expect((await execution.updateHead(chain.head)).verdict).toBe('valid');
    expect(chain.unconfirmed.size).toBe(0);
  });

  it('misses slots while the client is gone, and goes on when it is back', async () => {
    const { client, stepped } = await start();
    await stepped.stepTo(3);
    client.isThere = false;
    expect((await stepped.step()).kind).toBe('missed');
    expect(stepped.node.execution.offline).toBe(true);
    client.isThere = true;
    expect((await stepped.step()).kind).toBe('proposed');
    expect(stepped.node.execution.offline).toBe(false);
    expect(stepped.node.chain.head.slot).toBe(5);
  });

  it('counts a head as optimistic again once the client that confirmed it lacks it', async () => {
    const { client, stepped } = await start();
    await stepped.stepTo(4);
    const { chain, api } = stepped.node;
    const { head } = chain;
    const server = await startApiServer({ node: api, address: '127.0.0.1', port: 0 });
    onTestFinished(() => server.close());
    const ask = async (path: string) => {
      const response = await fetch(server.url + path);
      return { status: response.status, body: (await response.json()) as { data?: unknown } };
    };
    const syncingOf = async () => (await ask('/eth/v1/node/syncing')).body.data;
    const votes = '/eth/v1/validator/attestation_data?slot=4&committee_index=0';
    expect(await syncingOf()).toMatchObject({ is_optimistic: false, el_offline: false });
    client.wipe();
    client.isSyncing = true;
    expect((await stepped.step()).kind).toBe('missed');
    expect(chain.head).toEqual(head);
    expect(await syncingOf()).toMatchObject({ is_optimistic: true, is_syncing: false, el_offline: false });
    expect((await ask(votes)).status).toBe(503);
    client.isSyncing = false;
    await stepped.node.producer.prepareNext(5);
    expect(await syncingOf()).toMatchObject({ is_optimistic: false });
    expect((await ask(votes)).status).toBe(200);
  });

  it('confirms what lies before a confirmed block too, though that one was never in doubt', async () => {
    const { stepped } = await start();
    await stepped.stepTo(6);
    const { chain, execution } = stepped.node;
    const older = chain.tree.canonicalAt(3);
    chain.unconfirmed.add(older?.root ?? '');
    await execution.updateHead(chain.head);
    expect(chain.unconfirmed.size).toBe(0);
  });

  it('names no safe and no finalized block before finality, then both', async () => {
    const { client, stepped } = await start();
    await stepped.stepTo(127);
    expect(client.heads.at(-1)).toMatchObject({ safeBlockHash: zero, finalizedBlockHash: zero });
    await stepped.stepTo(128);
    const { tree, finalized, justified } = stepped.node.chain;
    expect(client.heads.at(-1)).toMatchObject({
      safeBlockHash: tree.get(justified.root)?.executionHash,
      finalizedBlockHash: tree.get(finalized.root)?.executionHash,
    });
  }, 60_000);
});
