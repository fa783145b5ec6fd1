import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleFiles } from '../../src/core/network/bundle.ts';
import { buildRelease } from '../../src/genesis/build-release.ts';
import { devnetInputs } from '../../src/genesis/devnet-inputs.ts';
import { writeRelease } from '../../src/genesis/write-release.ts';
import { deriveValidatorKeys } from '../../src/mayfly/keys/validator-keys.ts';
import { describeIf } from '../support/describe-if.ts';
import { rpc } from '../support/ethereumjs.ts';
import { type Geth, startGeth } from '../support/geth.ts';
import { type MayflyProcess, startMayfly, until } from '../support/mayfly-process.ts';
import { missingProgram, programOnPath } from '../support/missing-program.ts';

const seed = 'fulu';
const validators = 64;
const credentials = `0x01${'00'.repeat(11)}${'7a'.repeat(20)}`;

/** A network that starts at Fulu in a few seconds, from our own genesis engine. */
async function writeFuluBundle(folder: string): Promise<void> {
  const lines = deriveValidatorKeys(seed, validators).map(
    ({ pubkey }) => `0x${Buffer.from(pubkey).toString('hex')}:${credentials}:33000000000`,
  );
  const inputs = devnetInputs({
    iteration: 1,
    chainId: 7_336_777,
    startSeconds: Math.floor(Date.now() / 1000),
    periodSeconds: 3600,
    genesisDelaySeconds: 15,
    slotSeconds: 1,
    validators: [{ name: 'fulu', lines }],
  });
  await writeRelease(await buildRelease({ inputs, iteration: 1, lastFork: 'fulu', archives: false }), folder);
}

// The embedded execution client ends at Prague: what comes after it can only be shown with another.
describeIf(missingProgram('geth'))('a Fulu network with geth', () => {
  let directory: string;
  let bundle: string;
  const clients: Geth[] = [];
  const nodes: MayflyProcess[] = [];

  const startNode = async (name: string, role: readonly string[]) => {
    const program = programOnPath('geth') ?? '';
    const geth = await startGeth(program, join(directory, name), join(bundle, bundleFiles.executionGenesis));
    clients.push(geth);
    const mayfly = await startMayfly(join(directory, `${name}-mayfly`), [
      `--bundle=${bundle}`,
      `--engine-url=${geth.engineUrl}`,
      `--jwt=${geth.jwtPath}`,
      ...role,
    ]);
    nodes.push(mayfly);
    return { geth, mayfly };
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mayfly-geth-'));
    bundle = join(directory, 'bundle');
    await writeFuluBundle(bundle);
  });

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
    await Promise.all(clients.map((client) => client.kill()));
    await rm(directory, { recursive: true, force: true });
  });

  it('is produced on one and followed on another, withdrawals included', async () => {
    const producer = await startNode('producer', [
      '--produce',
      `--seed=${seed}`,
      `--validators=${validators}`,
    ]);
    const follower = await startNode('follower', [`--follow=${producer.mayfly.url}`]);
    const blockOf = async (node: { mayfly: MayflyProcess }) => {
      const block = (await node.mayfly.get('/eth/v2/beacon/blocks/head')) as {
        message: {
          slot: string;
          body: { execution_payload: { block_hash: string; withdrawals: unknown[] } };
        };
      };
      return { slot: Number(block.message.slot), payload: block.message.body.execution_payload };
    };
    await until(async () => (await blockOf(follower).catch(() => ({ slot: 0 }))).slot >= 4);
    const { payload } = await blockOf(follower);
    const held = await rpc(follower.geth.rpcUrl, 'eth_getBlockByHash', [payload.block_hash, false]);
    expect(held).toMatchObject({ hash: payload.block_hash });
    expect(payload.withdrawals.length).toBeGreaterThan(0);
    const version = await fetch(`${producer.mayfly.url}/eth/v2/beacon/blocks/head`);
    expect(version.headers.get('eth-consensus-version')).toBe('fulu');
  });
});
