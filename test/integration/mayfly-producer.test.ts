import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveValidatorKeys } from '../../src/mayfly/keys/validator-keys.ts';
import { type EthereumJs, rpc, startEthereumJs } from '../support/ethereumjs.ts';
import { type MayflyProcess, startMayfly, until } from '../support/mayfly-process.ts';
import { type TinyBundle, writeTinyBundle } from '../support/tiny-bundle.ts';

const seed = 'producer-test';
const validators = 64;

describe('a producer with EthereumJS', () => {
  let directory: string;
  let bundle: TinyBundle;
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
    bundle = await writeTinyBundle(join(directory, 'bundle'), {
      pubkeys: deriveValidatorKeys(seed, validators).map((key) => key.pubkey),
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

  it('goes on where it was after a SIGKILL', async () => {
    await mayfly.stop('SIGKILL');
    mayfly = await start();
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
    await mayfly.stop('SIGTERM');
    execution = await startEthereumJs(join(directory, 'el-wiped'), bundle.executionGenesisPath);
    mayfly = await start();
    const restored = await headSlot();
    await until(async () => (await headSlot()) >= restored + 2);
    await until(async () => executionHolds(await headHash()));
  });

  it('stops on SIGTERM with exit code 0', async () => {
    expect(await mayfly.stop('SIGTERM')).toBe(0);
  });
});
