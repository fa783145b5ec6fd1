import { describe, expect, it } from 'vitest';
import { steppedSetup } from '../../../test/support/stepped.ts';
import type { EngineApi, ForkchoiceState, NewPayload } from '../../chain/engine.ts';
import { SteppedNetwork } from '../stepped-network.ts';
import { createStubEngine } from './stub-engine.ts';

const setup = await steppedSetup(64);
const zero = `0x${'00'.repeat(32)}`;

/** An execution client that can be wiped or leave at any time, and what it was told. */
class Client {
  readonly heads: ForkchoiceState[] = [];
  readonly payloads: NewPayload[] = [];
  isThere = true;
  private stub = this.fresh();
  readonly engine: EngineApi = new Proxy({} as EngineApi, {
    get:
      (_, method: keyof EngineApi) =>
      async (...args: unknown[]) => {
        if (!this.isThere) return { kind: 'offline', reason: 'gone' };
        if (method === 'forkchoiceUpdated') this.heads.push(args[0] as ForkchoiceState);
        if (method === 'newPayload') this.payloads.push(args[0] as NewPayload);
        return (this.stub[method] as (...all: unknown[]) => unknown)(...args);
      },
  });

  wipe(): void {
    this.stub = this.fresh();
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
