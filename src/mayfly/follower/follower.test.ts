import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../../../test/support/mayfly-process.ts';
import { type SteppedSetup, steppedSetup } from '../../../test/support/stepped.ts';
import { systemClock } from '../../base/clock.ts';
import type { Facts } from '../../base/errors.ts';
import { type Log, silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import type { EngineApi } from '../../chain/engine.ts';
import { type ApiServer, startApiServer } from '../api/api-server.ts';
import { createStubEngine } from '../execution/stub-engine.ts';
import { createFollowerNode, type FollowerNode } from '../follower-node.ts';
import { SteppedNetwork } from '../stepped-network.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { ChainStore } from '../store/store.ts';

const setup = await steppedSetup(64);

interface FollowerStart {
  readonly followUrl: string;
  readonly on?: SteppedSetup;
  readonly store?: ChainStore;
  readonly engine?: EngineApi;
  readonly log?: Log;
}

async function startFollower({ followUrl, on = setup, store, engine, log }: FollowerStart) {
  const stopping = new AbortController();
  const node = await createFollowerNode({
    network: on.network,
    engine: engine ?? createStubEngine({ genesisHash: on.network.genesisBlock.executionHash }),
    store: store ?? createMemoryStore(),
    clock: systemClock,
    random: seededRandom('follower'),
    log: log ?? silentLog,
    followUrl,
    signal: stopping.signal,
  });
  const running = node.follower.run();
  const stop = async () => {
    stopping.abort();
    await running;
  };
  onTestFinished(stop);
  return { ...node, stop };
}

async function serve(stepped: SteppedNetwork, port = 0): Promise<ApiServer> {
  const server = await startApiServer({ node: stepped.node.api, address: '127.0.0.1', port });
  onTestFinished(() => server.close());
  return server;
}

const hasHead = (node: FollowerNode, stepped: SteppedNetwork) =>
  until(async () => node.chain.head.root === stepped.node.chain.head.root);

describe('a follower', () => {
  it('catches up with a chain that is ahead, then follows its events', async () => {
    const stepped = await SteppedNetwork.open(setup);
    await stepped.stepTo(40);
    const { url } = await serve(stepped);
    const follower = await startFollower({ followUrl: url });
    await hasHead(follower, stepped);
    expect(follower.chain.head.slot).toBe(40);
    expect(follower.follower.syncing()).toEqual({ isSyncing: false, syncDistance: 0 });
    const { syncCommittee } = follower.api.pools;
    const vote = { blockRoot: '0x', subcommitteeIndex: 0, bits: [true], signature: new Uint8Array(96) };
    for (const slot of [20, 40]) syncCommittee.add({ ...vote, slot });
    await stepped.stepTo(42);
    await hasHead(follower, stepped);
    expect(follower.chain.unconfirmed.size).toBe(0);
    await until(async () => syncCommittee.get(20, '0x', 0) === undefined);
    expect(syncCommittee.get(40, '0x', 0)).toBeDefined();
  });

  it('reports how far it is behind while it catches up', async () => {
    const stepped = await SteppedNetwork.open(setup);
    await stepped.stepTo(40);
    const { url } = await serve(stepped);
    const follower = await startFollower({ followUrl: url });
    const seen: number[] = [];
    const unsubscribe = follower.chain.events.subscribe((event) => {
      const { syncDistance, isSyncing } = follower.follower.syncing();
      if (event.type === 'head' && isSyncing) seen.push(syncDistance);
    });
    await hasHead(follower, stepped);
    unsubscribe();
    expect(seen.slice(0, 3)).toEqual([39, 38, 37]);
  });

  it('waits for the genesis, connected and not syncing', async () => {
    const genesisTimeSeconds = Math.floor(Date.now() / 1000) + 3_600;
    const early = await steppedSetup(64, { genesisTimeSeconds });
    const { url } = await serve(await SteppedNetwork.open(early));
    const follower = await startFollower({ followUrl: url, on: early });
    expect(follower.follower.syncing()).toEqual({ isSyncing: false, syncDistance: 0 });
    await until(async () => follower.follower.connected);
    expect(follower.follower.syncing()).toEqual({ isSyncing: false, syncDistance: 0 });
    expect(follower.chain.head.slot).toBe(0);
  });

  it('follows the producer over a reorg, and takes in blocks whose parents it lacks', async () => {
    const stepped = await SteppedNetwork.open(setup);
    await stepped.stepTo(6);
    const { url } = await serve(stepped);
    const follower = await startFollower({ followUrl: url });
    await hasHead(follower, stepped);
    const replaced = stepped.node.chain.head.root;
    stepped.node.chaos.order({ kind: 'reorg', depth: 3 });
    await stepped.stepTo(8);
    await hasHead(follower, stepped);
    expect(follower.chain.tree.isCanonical(replaced)).toBe(false);
    expect(follower.chain.tree.canonicalAt(4)).toBeUndefined();
  });

  it('goes on by itself when the producer comes back', async () => {
    const stepped = await SteppedNetwork.open(setup);
    await stepped.stepTo(3);
    const server = await serve(stepped);
    const follower = await startFollower({ followUrl: server.url });
    await hasHead(follower, stepped);
    await server.close();
    await until(async () => !follower.follower.connected);
    await stepped.stepTo(5);
    await serve(stepped, Number(new URL(server.url).port));
    await hasHead(follower, stepped);
    expect(follower.chain.head.slot).toBe(5);
  });

  it('keeps what it has over a restart and needs only the rest', async () => {
    const stepped = await SteppedNetwork.open(setup);
    await stepped.stepTo(5);
    const { url } = await serve(stepped);
    const store = createMemoryStore();
    const first = await startFollower({ followUrl: url, store });
    await hasHead(first, stepped);
    await first.stop();
    const second = await createFollowerNode({
      network: setup.network,
      engine: createStubEngine({ genesisHash: setup.network.genesisBlock.executionHash }),
      store,
      clock: systemClock,
      random: seededRandom('again'),
      log: silentLog,
      followUrl: url,
      signal: new AbortController().signal,
    });
    expect(second.chain.head.slot).toBe(5);
  });

  it('does not take over the chain of another network', async () => {
    const stepped = await SteppedNetwork.open(setup);
    await stepped.stepTo(2);
    const { url } = await serve(stepped);
    const reasons: unknown[] = [];
    const log = { ...silentLog, warn: (_: string, fields?: Facts) => void reasons.push(fields?.reason) };
    const other = await startFollower({ followUrl: url, on: await steppedSetup(65), log });
    await until(async () => reasons.length > 0);
    expect(reasons[0]).toContain(setup.network.genesisValidatorsRoot);
    expect(other.chain.head.slot).toBe(0);
    expect(other.follower.connected).toBe(false);
  });

  it('says so when its execution client is gone, and confirms the blocks once it is back', async () => {
    const stepped = await SteppedNetwork.open(setup);
    await stepped.stepTo(3);
    const { url } = await serve(stepped);
    const stub = createStubEngine({ genesisHash: setup.network.genesisBlock.executionHash });
    let isThere = false;
    const engine = new Proxy(stub, {
      get: (target, method: keyof EngineApi) =>
        isThere ? target[method] : async () => ({ kind: 'offline', reason: 'not there' }),
    });
    const follower = await startFollower({ followUrl: url, engine });
    await hasHead(follower, stepped);
    expect(follower.api.execution.offline).toBe(true);
    expect(follower.chain.unconfirmed.size).toBe(3);
    isThere = true;
    await until(async () => follower.chain.unconfirmed.size === 0);
    expect(follower.api.execution.offline).toBe(false);
  });

  it('notices that its execution client came back empty while no block came, and feeds it again', async () => {
    const stepped = await SteppedNetwork.open(setup);
    await stepped.stepTo(3);
    const { url } = await serve(stepped);
    const fresh = () => createStubEngine({ genesisHash: setup.network.genesisBlock.executionHash });
    let stub = fresh();
    let takesPayloads = true;
    const status = { status: 'SYNCING', latestValidHash: null, validationError: null };
    const engine = new Proxy(stub, {
      get: (_, method: keyof EngineApi) =>
        method === 'newPayload' && !takesPayloads
          ? async () => ({ kind: 'answer', value: status })
          : stub[method],
    });
    const follower = await startFollower({ followUrl: url, engine });
    await hasHead(follower, stepped);
    const isOptimistic = () => follower.chain.unconfirmed.has(stepped.node.chain.head.root);
    await until(async () => !isOptimistic());
    takesPayloads = false;
    stub = fresh();
    await until(async () => isOptimistic());
    takesPayloads = true;
    await until(async () => !isOptimistic());
    expect(await stub.hasBlock(stepped.node.chain.head.executionHash)).toMatchObject({ value: true });
  });
});
