import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EthereumJs, rpc, startEthereumJs } from '../support/ethereumjs.ts';
import { type MayflyBundle, writeMayflyBundle } from '../support/mayfly-bundle.ts';
import { type MayflyProcess, startMayfly, until } from '../support/mayfly-process.ts';

const seed = 'follower-test';
const validators = 64;

interface Syncing {
  readonly head_slot: string;
  readonly sync_distance: string;
  readonly is_syncing: boolean;
  readonly is_optimistic: boolean;
  readonly el_offline: boolean;
}

describe('a follower with its own EthereumJS', () => {
  let directory: string;
  let bundle: MayflyBundle;
  let producerExecution: EthereumJs;
  let execution: EthereumJs;
  let producer: MayflyProcess;
  let follower: MayflyProcess;

  const engineArgs = (client: EthereumJs) => [`--engine-url=${client.engineUrl}`, `--jwt=${client.jwtPath}`];
  const startProducer = (port?: number) =>
    startMayfly(
      join(directory, 'producer'),
      [
        `--bundle=${bundle.directory}`,
        ...engineArgs(producerExecution),
        ...['--produce', `--seed=${seed}`, `--validators=${validators}`],
      ],
      port,
    );
  const startFollower = () =>
    startMayfly(join(directory, 'follower'), [
      `--bundle=${bundle.directory}`,
      ...engineArgs(execution),
      `--follow=${producer.url}`,
    ]);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mayfly-follower-'));
    bundle = await writeMayflyBundle(join(directory, 'bundle'), {
      seed,
      validators,
      genesisTimeSeconds: Math.floor(Date.now() / 1000) + 12,
      slotSeconds: 1,
    });
    producerExecution = await startEthereumJs(join(directory, 'producer-el'), bundle.executionGenesisPath);
    execution = await startEthereumJs(join(directory, 'follower-el'), bundle.executionGenesisPath);
    producer = await startProducer();
  });

  afterAll(async () => {
    await Promise.all([follower?.stop('SIGKILL'), producer?.stop('SIGKILL')]);
    await Promise.all([execution?.kill(), producerExecution?.kill()]);
    await rm(directory, { recursive: true, force: true });
  });

  const syncing = async (node: MayflyProcess) => (await node.get('/eth/v1/node/syncing')) as Syncing;
  const headSlot = async (node: MayflyProcess) => Number((await syncing(node)).head_slot);
  const headHash = async (node: MayflyProcess) => {
    const block = (await node.get('/eth/v2/beacon/blocks/head')) as {
      message: { body: { execution_payload: { block_hash: string } } };
    };
    return block.message.body.execution_payload.block_hash;
  };
  const executionHead = async () => {
    const block = (await rpc(execution.rpcUrl, 'eth_getBlockByNumber', ['latest', false])) as {
      hash: string;
    };
    return block.hash;
  };
  const isLive = async () => {
    const { is_syncing, is_optimistic, el_offline, head_slot } = await syncing(follower);
    const executionFollows = (await executionHead()) === (await headHash(follower));
    return !is_syncing && !is_optimistic && !el_offline && Number(head_slot) > 0 && executionFollows;
  };

  it('leads its execution client along', async () => {
    follower = await startFollower();
    await until(async () => (await headSlot(follower)) >= 3);
    await until(isLive);
    expect((await syncing(follower)).el_offline).toBe(false);
  });

  it('resumes after a SIGKILL and catches up with what it slept through', async () => {
    const before = await headSlot(follower);
    await follower.stop('SIGKILL');
    await until(async () => (await headSlot(producer)) >= before + 4);
    follower = await startFollower();
    expect(await headSlot(follower)).toBeGreaterThanOrEqual(before - 1);
    await until(async () => (await headSlot(follower)) >= before + 4);
    await until(isLive);
  });

  it('outlives an outage of the producer', async () => {
    const port = Number(new URL(producer.url).port);
    await producer.stop('SIGKILL');
    const before = await headSlot(follower);
    await until(
      async () =>
        ((await follower.get('/eth/v1/node/peer_count')) as { connected: string }).connected === '0',
    );
    producer = await startProducer(port);
    await until(async () => (await headSlot(follower)) > before + 1);
    await until(isLive);
    expect(await follower.get('/eth/v1/node/peer_count')).toMatchObject({ connected: '1' });
  });

  it('refills its execution client after that lost everything', async () => {
    await execution.kill();
    await until(async () => (await syncing(follower)).el_offline);
    const before = await headSlot(follower);
    const { enginePort, rpcPort } = execution;
    execution = await startEthereumJs(join(directory, 'wiped-el'), bundle.executionGenesisPath, {
      enginePort,
      rpcPort,
    });
    await until(isLive);
    expect(await headSlot(follower)).toBeGreaterThan(before);
  });

  it('ends at once on SIGTERM, with the event stream open', async () => {
    const askedAt = performance.now();
    expect(await follower.stop('SIGTERM')).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(1_000);
  });
});
