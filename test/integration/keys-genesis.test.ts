import { cpSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicKeyBytes } from '../../src/core/keys/public-key.ts';
import { exitDomain, voluntaryExitRoot } from '../../src/core/keys/signed-messages.ts';
import { signingRoot } from '../../src/core/keys/signing-domain.ts';
import { isSignedBy } from '../../src/keys/bls.ts';
import { EphemeryProcess, type Started } from '../support/ephemery-process.ts';

const address = '0x4D496CcC28058B1D74B7a19541663E21154f9c84';
const words = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const baseTimeSeconds = 1_746_544_000;
const periodSeconds = 86_400;

// From new keys to the genesis that has them, as somebody does who joins a network by its repository.
let ephemery: EphemeryProcess;
let serving: Started;
let iteration: number;
let keys: readonly `0x${string}`[];
let firstIndex: number;

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  iteration = Math.floor((Date.now() / 1_000 - baseTimeSeconds) / periodSeconds);
  cpSync(join(import.meta.dirname, '../fixtures/genesis-inputs'), join(ephemery.folder, 'inputs'), {
    recursive: true,
  });
  await writeFile(join(ephemery.folder, 'M'), words);
  const made = await ephemery.json('keys', 'new', '--mnemonic-file', 'M', '--count', '3', '--kdf', 'pbkdf2');
  keys = (made as { keys: readonly { pubkey: `0x${string}` }[] }).keys.map(({ pubkey }) => pubkey);
  const written = await ephemery.json(
    ...['keys', 'genesis-file', '--name', 'beta', '--node', '9', '--withdrawal-address', address],
    ...['--credentials', '0x02', '--amount', '1024', '--inputs', 'inputs', ...keys.slice(0, 2)],
  );
  firstIndex = (written as { lint: { preview: { firstIndex: number } } }).lint.preview.firstIndex;
  const build = ['network', 'build', '--inputs', 'inputs', '--tag-prefix', 'mine-'];
  for (const each of [iteration, iteration + 1])
    await ephemery.json(...build, '--iteration', `${each}`, '--out', `releases/mine-${each}`);
  serving = ephemery.start('network', 'serve', 'releases', '--json');
  const { url } = JSON.parse(await serving.firstLine()) as { url: string };
  await writeFile(
    join(ephemery.folder, 'network.yaml'),
    `name: mine
baseTimeSeconds: ${baseTimeSeconds}
baseChainId: 7000000
periodSeconds: ${periodSeconds}
genesisDelaySeconds: 300
releaseSources: [{ kind: github, url: "${url}" }]
`,
  );
});
afterAll(async () => {
  serving?.child.kill('SIGINT');
  await serving?.ended;
  await ephemery?.remove();
});

interface Listed {
  readonly pubkey: string;
  readonly nextGenesis: { readonly index?: number };
}

const network = ['--network', './network.yaml'];
const list = () => ephemery.json('keys', 'list', ...network);

describe('keys in the genesis of a network', () => {
  it('are unknown there, not absent, before its release is held', async () => {
    expect(await list()).toMatchObject({
      keys: keys.map(() => ({ thisGenesis: { included: 'unknown' }, nextGenesis: { included: 'unknown' } })),
    });
    expect(
      (await ephemery.run('keys', 'exit', ...network, '--index', '1', '--out', 'x', keys[0] ?? '')).error,
    ).toContain('EPH-KEYS-NO-RELEASE');
  });

  it('are proven there by their public keys, at the indices that were foreseen', async () => {
    for (const each of [iteration, iteration + 1])
      await ephemery.json('network', 'fetch', './network.yaml', '--iteration', `${each}`);
    const { keys: listed } = (await list()) as { keys: readonly Listed[] };
    const found = new Map(listed.map((key) => [key.pubkey, key]));
    for (const [at, key] of keys.entries()) {
      const place = at < 2 ? { included: true } : { included: false };
      expect(found.get(key)).toMatchObject({ thisGenesis: place, nextGenesis: place });
    }
    const indices = listed.flatMap(({ nextGenesis }) => nextGenesis.index ?? []);
    expect(indices.sort((a, b) => a - b)).toEqual([firstIndex, firstIndex + 1]);
  });

  it('exit by a message for this iteration alone', async () => {
    const [key = '0x'] = keys;
    await ephemery.json(
      'keys',
      'exit',
      key,
      ...network,
      '--index',
      `${firstIndex}`,
      '--epoch',
      '7',
      '--out',
      'exit.json',
    );
    const { message, signature } = JSON.parse(readFileSync(join(ephemery.folder, 'exit.json'), 'utf8')) as {
      message: Record<string, string>;
      signature: string;
    };
    expect(message).toEqual({ epoch: '7', validator_index: `${firstIndex}` });
    const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.trim().replace(/^0x/, ''), 'hex'));
    const rootOf = (each: number) =>
      readFileSync(
        join(ephemery.folder, `releases/mine-${each}/metadata/genesis_validators_root.txt`),
        'utf8',
      );
    const isFor = (each: number) => {
      const domain = exitDomain({
        genesisForkVersion: bytes('1000aabb'),
        capellaForkVersion: bytes('4000aabb'),
        genesisValidatorsRoot: bytes(rootOf(each)),
      });
      const root = signingRoot(voluntaryExitRoot({ epoch: 7, validatorIndex: firstIndex }), domain);
      return isSignedBy(publicKeyBytes(key), root, bytes(signature));
    };
    expect([isFor(iteration), isFor(iteration + 1)]).toEqual([true, false]);
  });

  it('are deposited for with the fork version of the release, which their network does not tell', async () => {
    const options = ['--withdrawal-address', address, '--out', 'deposits.json', ...network];
    const { deposits } = (await ephemery.json('keys', 'deposit', ...options)) as {
      deposits: readonly unknown[];
    };
    expect(deposits).toMatchObject(keys.map(() => ({ fork_version: '1000aabb', network_name: 'mine' })));
    const wrong = await ephemery.run('keys', 'verify-deposits', 'deposits.json', '--network', 'ephemery');
    expect([wrong.code, wrong.out]).toEqual([3, expect.stringContaining('it is for another network')]);
  });

  it('change their credentials by the key of the mnemonic', async () => {
    const options = [
      '--mnemonic-file',
      'M',
      '--validators',
      '4,5',
      '--withdrawal-address',
      address,
      '--out',
      'changes.json',
    ];
    const report = await ephemery.json('keys', 'change-credentials', ...options, ...network);
    expect(report).toMatchObject({ iteration, changes: [{ index: 4 }, { index: 5 }] });
    const changes = JSON.parse(
      readFileSync(join(ephemery.folder, 'changes.json'), 'utf8'),
    ) as readonly unknown[];
    expect(changes).toMatchObject([
      { message: { validator_index: '4', to_execution_address: address.toLowerCase() } },
      {},
    ]);
  });
});
