import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EthereumJs, rpc, startEthereumJs } from '../support/ethereumjs.ts';
import { type MayflyBundle, writeMayflyBundle } from '../support/mayfly-bundle.ts';
import { type MayflyProcess, startMayfly, until } from '../support/mayfly-process.ts';

const seed = 'producer-test';
const validators = 64;

describe('a producer with EthereumJS', () => {
  let directory: string;
  let bundle: MayflyBundle;
  let execution: EthereumJs;
  let mayfly: MayflyProcess;
  const start = () =>
    startMayfly(join(directory, 'mayfly'), [
      `--bundle=${bundle.directory}`,
      `--engine-url=${execution.engineUrl}`,
      `--jwt=${execution.jwtPath}`,
      ...['--produce', `--seed=${seed}`, `--validators=${validators}`],
    ]);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mayfly-producer-'));
    bundle = await writeMayflyBundle(join(directory, 'bundle'), {
      seed,
      validators,
      genesisTimeSeconds: Math.floor(Date.now() / 1000) + 15,
      slotSeconds: 1,
    });
    execution = await startEthereumJs(join(directory, 'el'), bundle.executionGenesisPath);
    mayfly = await start();
  });

  afterAll(async () => {
    await mayfly?.stop('SIGKILL');
    await execution?.kill();
    await rm(directory, { recursive: true, force: true });
  });

  const headSlot = async () => {
    const header = (await mayfly.get('/eth/v1/beacon/headers/head')) as {
      header: { message: { slot: string } };
    };
    return Number(header.header.message.slot);
  };
  const headHash = async () => {
    const block = (await mayfly.get('/eth/v2/beacon/blocks/head')) as {
      message: { body: { execution_payload: { block_hash: string } } };
    };
    return block.message.body.execution_payload.block_hash;
  };
  const executionHolds = async (hash: string) =>
    (await rpc(execution.rpcUrl, 'eth_getBlockByHash', [hash, false])) !== null;

  it('makes blocks that the execution client follows', async () => {
    await until(async () => (await headSlot()) >= 3);
    await until(async () => executionHolds(await headHash()));
    expect(await mayfly.get('/eth/v1/node/syncing')).toMatchObject({ is_syncing: false, el_offline: false });
  });

  it('takes the execution client over a reorg', async () => {
    const depth = 2;
    await until(async () => (await headSlot()) > depth);
    const response = await fetch(`${mayfly.url}/mayfly/v1/chaos`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'reorg', depth }),
    });
    expect(response.status).toBe(200);
    const replaced = await headHash();
    const latest = async () =>
      ((await rpc(execution.rpcUrl, 'eth_getBlockByNumber', ['latest', false])) as { number: string }).number;
    const numberOf = async (hash: string) =>
      ((await rpc(execution.rpcUrl, 'eth_getBlockByHash', [hash, false])) as { number: string }).number;
    const replacedNumber = await numberOf(replaced);
    await until(async () => {
      const { active } = (await mayfly.get('/mayfly/v1/chaos')) as { active: unknown[] };
      return active.length === 0 && Number(await latest()) > Number(replacedNumber);
    });
    const canonical = (await rpc(execution.rpcUrl, 'eth_getBlockByNumber', [replacedNumber, false])) as {
      hash: string;
    };
    expect(canonical.hash).not.toBe(replaced);
  });

  it('goes on where it was after a SIGKILL, with what disturbs it', async () => {
    const chaos = `${mayfly.url}/mayfly/v1/chaos`;
    await fetch(chaos, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'drop-attestations', share: 0.1, slots: 10_000 }),
    });
    await mayfly.stop('SIGKILL');
    mayfly = await start();
    const active = [{ kind: 'drop-attestations', share: 0.1, slots: 10_000 }];
    expect(await mayfly.get('/mayfly/v1/chaos')).toMatchObject({ active });
    await fetch(`${mayfly.url}/mayfly/v1/chaos`, { method: 'DELETE' });
    expect(await mayfly.get('/mayfly/v1/chaos')).toEqual({ active: [] });
    const restored = await headSlot();
    expect(restored).toBeGreaterThanOrEqual(3);
    await until(async () => (await headSlot()) >= restored + 3);
  });

  it('gives a wiped execution client all its blocks again', async () => {
    await execution.kill();
    await until(async () => {
      const status = (await mayfly.get('/eth/v1/node/syncing')) as { el_offline: boolean };
      return status.el_offline;
    });
    const before = await headSlot();
    const { enginePort, rpcPort } = execution;
    execution = await startEthereumJs(join(directory, 'el-wiped'), bundle.executionGenesisPath, {
      enginePort,
      rpcPort,
    });
    await until(async () => (await headSlot()) >= before + 2);
    await until(async () => executionHolds(await headHash()));
    expect(await mayfly.get('/eth/v1/node/syncing')).toMatchObject({
      el_offline: false,
      is_optimistic: false,
    });
  });

  it('stops on SIGTERM with exit code 0', async () => {
    expect(await mayfly.stop('SIGTERM')).toBe(0);
  });
});
