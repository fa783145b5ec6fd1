import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundleFiles } from '../../src/core/network/bundle.ts';
import { buildRelease } from '../../src/genesis/build-release.ts';
import { readInputs } from '../../src/genesis/read-inputs.ts';
import { writeRelease } from '../../src/genesis/write-release.ts';
import { rpc, startEthereumJs } from '../support/ethereumjs.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genesis-ethereumjs-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('gives an execution client the block 0 that the consensus genesis has', async () => {
  const inputs = await readInputs(join(import.meta.dirname, '../fixtures/genesis-inputs'));
  const release = await buildRelease({ inputs, iteration: 43, lastFork: 'electra', archives: false });
  await writeRelease(release, join(folder, 'release'));
  const client = await startEthereumJs(
    join(folder, 'client'),
    join(folder, 'release', bundleFiles.executionGenesis),
  );
  try {
    expect(await rpc(client.rpcUrl, 'eth_chainId', [])).toBe(`0x${release.identity.chainId.toString(16)}`);
    expect(await rpc(client.rpcUrl, 'eth_getBlockByNumber', ['0x0', false])).toMatchObject({
      hash: release.identity.executionGenesisHash,
    });
    const premined = '0x57c3dfd40a86628b67721115d7a03c9f341d7718';
    expect(await rpc(client.rpcUrl, 'eth_getBalance', [premined, 'latest'])).toBe(
      `0x${(12n * 10n ** 18n).toString(16)}`,
    );
  } finally {
    await client.kill();
  }
});
