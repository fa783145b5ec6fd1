import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { networkServices } from '../../../test/support/network-services.ts';
import { seededRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import { readMnemonic } from '../../core/keys/mnemonic.ts';
import { MessageStore } from '../../storage/files/kept-messages.ts';
import { importKeys } from './import-keys.ts';
import { newKeys } from './new-keys.ts';
import { depositNetwork } from './signing-network.ts';
import { verifyDeposits } from './verify-deposits.ts';
import { WordsFile } from './words-file.ts';

const words = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const watch = { signal: new AbortController().signal, onProgress: () => undefined };
let services: Awaited<ReturnType<typeof networkServices>> & { random: ReturnType<typeof seededRandom> };
beforeAll(async () => {
  services = { ...(await networkServices(1_796_000_000_000)), random: seededRandom('new keys') };
});
afterAll(() => services?.remove());

it('keys of a set get deposits to a BLS key too, and again when they are known already', {
  timeout: 60_000,
}, async () => {
  const network = await depositNetwork(services, { network: 'ephemery' });
  const deposit = { credentials: '0x00', amountGwei: 32_000_000_000, network } as const;
  const wish = {
    mnemonic: readMnemonic(new Secret(words)),
    passphrase: new Secret(''),
    startIndex: 0,
    count: 2,
    derivation: 'pbkdf2',
    deposit,
    backup: { noBackup: true },
  } as const;
  for (const [depositFile, made] of [
    ['first.json', 2],
    ['second.json', 0],
  ] as const) {
    const report = await newKeys(services, { ...wish, into: { keySet: 'main', depositFile } }, watch);
    expect([report.keys.length, report.depositFile]).toEqual([made, join(services.folder, depositFile)]);
    const checked = await verifyDeposits(services, { file: depositFile, network }, watch);
    expect(checked.deposits.map(({ credentials, problems }) => [credentials, problems])).toEqual([
      ['0x00', []],
      ['0x00', []],
    ]);
    const kept = await new MessageStore(services.paths.keys).read('main');
    expect(kept.at(-1)).toMatchObject({
      kind: 'deposit',
      network: network.name,
      iteration: network.iteration,
      keys: checked.deposits.map(({ pubkey }) => pubkey),
      deposit: { credentials: '0x00', amountGwei: 32_000_000_000 },
    });
    // The deposit tools have it without 0x.
    expect(await readFile(join(services.folder, depositFile), 'utf8')).toContain(
      '"withdrawal_credentials":"00',
    );
  }
});

it('deposits that come with imported keys are remembered for the iteration in which they were made', {
  timeout: 60_000,
}, async () => {
  const network = await depositNetwork(services, { network: 'ephemery' });
  const address = '0x4d496ccc28058b1d74b7a19541663e21154f9c84';
  const deposit = { credentials: '0x01', address, amountGwei: 33_000_000_000, network } as const;
  const backup = { noBackup: true };
  const made = await newKeys(
    services,
    {
      mnemonic: readMnemonic(new Secret(words)),
      passphrase: new Secret(''),
      startIndex: 20,
      count: 2,
      derivation: 'pbkdf2',
      into: { folder: 'elsewhere' },
      deposit,
      backup,
    },
    watch,
  );
  expect(made.warning).toContain('32 ETH');
  const file = made.depositFile ?? '';
  const [lost, ...others] = JSON.parse(await readFile(file, 'utf8')) as { signature: string }[];
  const forged = { ...lost, signature: others[0]?.signature };
  const wish = { from: 'elsewhere', keySet: 'came', dryRun: false, backup };
  const store = new MessageStore(services.paths.keys);

  // The first of the two has the signature of the other, and nothing else is wrong.
  await writeFile(file, JSON.stringify([forged, ...others]));
  const { foreign, deposits } = await importKeys(services, wish, watch);
  expect(foreign).toEqual([]);
  expect(deposits).toMatchObject([
    { recorded: 1, problems: [expect.stringContaining('root'), expect.stringContaining('signature')] },
  ]);
  expect(await store.read('came')).toMatchObject([
    {
      kind: 'deposit',
      network: 'ephemery',
      iteration: network.iteration,
      keys: [made.keys[1]?.pubkey],
      deposit: { credentials: '0x01', address, amountGwei: 33_000_000_000 },
    },
  ]);

  await writeFile(file, JSON.stringify([lost, ...others]));
  services.clock.jump(28 * 86_400_000);
  for (const round of [1, 2]) {
    const again = await importKeys(services, wish, watch);
    expect([round, again.new, again.deposits]).toMatchObject([round, [], [{ recorded: 2, problems: [] }]]);
  }
  const kept = await store.read('came');
  expect(kept.map(({ keys, iteration }) => [keys, iteration])).toEqual([
    [[made.keys[1]?.pubkey], network.iteration],
    [[made.keys[0]?.pubkey], network.iteration],
  ]);
});

it('the words are in their file before the first key is kept, and go again where none was', {
  timeout: 60_000,
}, async () => {
  const file = join(services.folder, 'words');
  const wish = {
    mnemonic: readMnemonic(new Secret(words)),
    saveMnemonic: 'words',
    passphrase: new Secret(''),
    startIndex: 7,
    count: 2,
    derivation: 'pbkdf2',
    backup: { noBackup: true },
  } as const;
  const ending = new AbortController();
  const onProgress = () => ending.abort(new Error('told to end'));
  const into = { keySet: 'words' } as const;
  await expect(newKeys(services, { ...wish, into }, { signal: ending.signal, onProgress })).rejects.toThrow(
    'told',
  );
  expect(await readdir(services.folder)).not.toContain('words');
  // A file where a folder must be: the keys cannot be kept.
  const set = join(services.paths.keys, 'words');
  await mkdir(set, { recursive: true });
  await writeFile(join(set, 'secrets'), '');
  await expect(newKeys(services, { ...wish, into }, watch)).rejects.toThrow('EEXIST');
  expect(await readdir(services.folder)).not.toContain('words');
  await rm(join(set, 'secrets'));
  const made = await newKeys(services, { ...wish, into }, watch);
  expect([made.mnemonicFile, await readFile(file, 'utf8')]).toEqual([file, `${words}\n`]);
  await expect(newKeys(services, { ...wish, into }, watch)).rejects.toMatchObject({
    code: 'EPH-KEYS-OUTPUT-EXISTS',
  });
  expect(await readFile(file, 'utf8')).toBe(`${words}\n`);
});

it.each(['saveMnemonic', 'depositFile', 'folder'] as const)(
  'a place that cannot be written is told before anything is derived: %s',
  async (which) => {
    // Whoever runs this as root may write anywhere but there.
    const shut = process.getuid?.() === 0 ? '/proc' : join(services.folder, 'shut');
    await mkdir(shut, { recursive: true, mode: 0o500 });
    const file = join(shut, 'file');
    const base = {
      mnemonic: readMnemonic(new Secret(words)),
      passphrase: new Secret(''),
      startIndex: 20,
      count: 1,
      derivation: 'pbkdf2',
      backup: { noBackup: true },
    } as const;
    const wish = {
      saveMnemonic: { ...base, saveMnemonic: file, into: { keySet: 'main' } },
      depositFile: { ...base, into: { keySet: 'main', depositFile: file } },
      folder: { ...base, into: { folder: file } },
    }[which];
    const steps: string[] = [];
    const making = newKeys(services, wish, { ...watch, onProgress: (doing) => steps.push(doing) });
    await expect(making).rejects.toMatchObject({
      code: 'EPH-KEYS-OUTPUT-UNWRITABLE',
      facts: { path: file },
    });
    expect(steps).toEqual([]);
  },
);

it.each([
  ['a key of theirs was kept', async () => true],
  ['it cannot be told whether one was', () => Promise.reject(new Error('no disk'))],
])('the words stay where keeping keys fails and %s', async (why, isKept) => {
  const { path, before } = await wordsIn(why);
  const keep = () => Promise.reject(new Error('half way'));
  await expect(before({ keep, isKept })).rejects.toThrow('half way');
  expect(await readFile(path, 'utf8')).toBe(`${words}\n`);
});

async function wordsIn(name: string) {
  const file = await WordsFile.at(services.host, name);
  const mnemonic = readMnemonic(new Secret(words));
  return {
    path: join(services.folder, name),
    before: (steps: Parameters<typeof file.before>[1]) => file.before(mnemonic, steps),
  };
}

it('a file without a deposit is not said to be good', async () => {
  await writeFile(join(services.folder, 'none.json'), '[]');
  const network = await depositNetwork(services, { network: 'ephemery' });
  await expect(verifyDeposits(services, { file: 'none.json', network }, watch)).rejects.toMatchObject({
    code: 'EPH-KEYS-DEPOSIT-FILE',
  });
});
