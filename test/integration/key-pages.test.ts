import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCredentials } from '../../src/signer/credentials.ts';
import { KeyOwners } from '../../src/storage/files/key-owners.ts';
import { EphemeryHome, type RunningEphemery } from '../support/ephemery-home.ts';
import {
  configOfGenesisKeys,
  genesisKeysSign,
  newGenesisKeysNetwork,
  prepareGenesisKeys,
  signedUntilNow,
  signersOf,
} from '../support/genesis-keys.ts';
import { publicKeyOfSeed, writeKeySet } from '../support/key-sets.ts';
import { until } from '../support/mayfly-process.ts';
import { PageSteps } from '../support/page-steps.ts';
import { enter } from '../support/terminal.ts';

/** Keys as lists show them: the beginning is enough to know one. */
const shortOf = (key: string) => key.slice(0, 10);

interface SignedBy {
  readonly pubkey: string;
  readonly signed_blocks: readonly unknown[];
  readonly signed_attestations: readonly unknown[];
}

async function historiesIn(file: string): Promise<readonly SignedBy[]> {
  return (JSON.parse(await readFile(file, 'utf8')) as { data: readonly SignedBy[] }).data;
}

describe('docs/how-to/back-up-and-restore-keys.md', () => {
  let folder: string;
  let root: string;
  let page: PageSteps;
  let main: readonly string[];
  let spare: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ephemery-page-'));
    root = join(folder, 'root');
    page = await PageSteps.of('docs/how-to/back-up-and-restore-keys.md', { folder, root });
    await mkdir(root, { mode: 0o700 });
    await writeFile(join(root, 'layout.json'), '{"version":1}\n');
    main = await writeKeySet(root, 'main', [1, 2]);
    spare = await writeKeySet(root, 'spare', [3]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const keysOf = async (set: string) => {
    const names = await readdir(join(root, 'keys', set, 'keystores')).catch(() => []);
    return names.map((name) => name.slice(0, -'.json'.length)).sort();
  };

  it('has an identity whose recipient goes into the configuration', async () => {
    const recipient = /age1[0-9a-z]+/.exec(await page.step('identity'))?.[0] ?? '';
    const identity = join(folder, 'backup-identity.txt');
    expect(await readFile(identity, 'utf8')).toContain('AGE-SECRET-KEY-1');
    expect((await stat(identity)).mode & 0o777).toBe(0o600);
    const [config = ''] = page.texts('yaml ephemery.yaml').filter((text) => text.includes('drill:'));
    const [, second = ''] = config.match(/age1[0-9a-z]+/g) ?? [];
    const own = config
      .replace(/age1[0-9a-z]+/, recipient)
      .replace(`    - ${second}\n`, '')
      .replace('/mnt/backups', './backups');
    await writeFile(join(folder, 'ephemery.yaml'), own);
  });

  it('makes a backup of all keys, in which none is in the clear, and lists it', async () => {
    const said = await page.step('backup');
    const [name = ''] = await readdir(join(folder, 'backups'));
    expect(await readdir(join(folder, 'backups'))).toHaveLength(1);
    expect(said).toContain(`${name}:`);
    expect(said).toContain('keys: 2 of main, 1 of spare');
    expect(said.split('\n').find((line) => line.includes('this installation'))).toContain(name);
    const locked = await readFile(join(folder, 'backups', name), 'latin1');
    for (const secret of ['password of 1', main[0] ?? '', 'pbkdf2']) expect(locked).not.toContain(secret);
  });

  it('proves it', async () => {
    expect(await page.step('drill')).toContain('all 3 key(s) open with their secrets');
    expect(await readdir(join(root, 'backups', 'scratch')).catch(() => [])).toEqual([]);
  });

  it('shows what a restore would bring, and brings nothing', async () => {
    for (const set of ['main', 'spare']) await rm(join(root, 'keys', set), { recursive: true });
    const said = await page.step('look');
    expect(said).toContain('main: 2 key(s) new, 0 the same, 0 that are only here go');
    expect(said).toContain('spare: 1 key(s) new');
    expect(said).toContain('Nothing was changed.');
    expect([await keysOf('main'), await keysOf('spare')]).toEqual([[], []]);
  });

  it('restores one set, and then, once that is asked for, the rest', async () => {
    const listed = await page.step('one');
    for (const key of main) expect(listed).toContain(shortOf(key));
    expect(listed).not.toContain(shortOf(spare[0] ?? ''));
    expect([await keysOf('main'), await keysOf('spare')]).toEqual([[...main].sort(), []]);
    const asked = page.atTerminal('restore');
    await asked.shows('Restore this? [y/N]');
    expect(asked.screen).toContain('main: 0 key(s) new, 2 the same');
    asked.type(`y${enter}`);
    expect(await asked.ended).toBe(0);
    expect(await keysOf('spare')).toEqual(spare);
  });
});

describe('docs/how-to/stop-validators.md', () => {
  let home: EphemeryHome;
  let page: PageSteps;
  let up: RunningEphemery;
  const keys = [51, 52].map(publicKeyOfSeed);
  const config = () => ['--config', join(home.folder, 'ephemery.yaml')];

  beforeAll(async () => {
    home = await EphemeryHome.create();
    page = await PageSteps.of('docs/how-to/stop-validators.md', home);
    const settings = await newGenesisKeysNetwork();
    await writeFile(join(home.folder, 'ephemery.yaml'), configOfGenesisKeys);
    await prepareGenesisKeys(home, settings);
    await signedUntilNow(home, settings);
    up = home.start(['up', ...config()]);
    await until(() => genesisKeysSign(settings), 120_000);
  }, 130_000);
  afterAll(() => home?.close());

  const findings = async () => {
    const { nodes } = (await home.ask('status', ...config())) as {
      nodes: readonly { findings: readonly { code: string; facts: { reason?: string } }[] }[];
    };
    return nodes.flatMap((node) => node.findings.map(({ code, facts }) => [code, facts.reason]));
  };
  const others = async () =>
    (await home.processes()).filter(({ command }) => /ethereumjs|mayfly follow/.test(command)).length;
  const signs = () => until(async () => (await signersOf(home)).length === 1, 60_000);

  it('halts every signer at once, and nothing else, until somebody says start', async () => {
    const before = await others();
    expect(await page.step('halt')).toContain('home');
    expect(await signersOf(home)).toEqual([]);
    expect(await others()).toBe(before);
    await until(async () =>
      (await findings()).some(
        ([code, reason]) => code === 'EPH-VALIDATORS-HALTED' && reason === 'two signers',
      ),
    );
    expect(await signersOf(home)).toEqual([]);
    await page.step('start');
    await signs();
    await until(async () => !(await findings()).some(([code]) => code === 'EPH-VALIDATORS-HALTED'));
  });

  it('stops one node for a while, says why, and goes on', async () => {
    await page.step('pause');
    expect(await signersOf(home)).toEqual([]);
    await until(async () =>
      (await findings()).some(
        ([code, reason]) => code === 'EPH-VALIDATORS-STOPPED' && reason === 'moving the machine',
      ),
    );
    await page.step('resume');
    await signs();
  });

  it('takes slashing protection out, and in again, and makes one file of two', async () => {
    const protection = join(home.folder, 'protection.json');
    const exported = await page.step('export');
    const data = await historiesIn(protection);
    // One of the two may not have had its first duty yet.
    expect(data.length).toBeGreaterThan(0);
    for (const { pubkey, signed_blocks: blocks, signed_attestations: votes } of data) {
      expect(keys).toContain(pubkey);
      expect(blocks.length + votes.length).toBeGreaterThan(0);
    }
    for (const said of [exported, await page.step('import')])
      expect(said).toMatch(new RegExp(`^${data.length} keys, .* attestations$`, 'm'));
    const [network = ''] = await readdir(home.path('nodes/home/protection'));
    expect(await readdir(home.path('nodes/home/protection', network))).toContainEqual(
      expect.stringMatching(/^given-\d+$/),
    );
    for (const name of ['a.json', 'b.json']) await cp(protection, join(home.folder, name));
    await page.step('merge');
    expect(await historiesIn(join(home.folder, 'both.json'))).toEqual(data);
    const short = await historiesIn(join(home.folder, 'short.json'));
    const lengths = ({ signed_blocks: blocks, signed_attestations: votes }: SignedBy) => [
      Math.min(1, blocks.length),
      Math.min(1, votes.length),
    ];
    expect(short.map(lengths)).toEqual(data.map(lengths));
    expect(short.every((each) => each.signed_blocks.length + each.signed_attestations.length <= 2)).toBe(
      true,
    );
  });

  it('lets a copy sign after a claim alone', async () => {
    await up.stop('SIGINT');
    const copied = await EphemeryHome.create();
    try {
      await cp(home.root, copied.root, { recursive: true, preserveTimestamps: true });
      await writeFile(join(copied.folder, 'ephemery.yaml'), configOfGenesisKeys);
      const isChanged = async () =>
        JSON.stringify(await copied.ask('status', '--config', join(copied.folder, 'ephemery.yaml'))).includes(
          'EPH-VALIDATORS-BINDING-CHANGED',
        );
      expect(await isChanged()).toBe(true);
      const steps = await PageSteps.of('docs/how-to/stop-validators.md', copied);
      expect(await steps.step('claim')).toContain('main');
      expect(await isChanged()).toBe(false);
      // Nobody has signed with it here: its node waits for two quiet epochs.
      expect(await new KeyOwners(copied.path('keys')).read('main')).toBeUndefined();
    } finally {
      await copied.close();
    }
  });
});

describe('docs/how-to/sign-with-web3signer.md', () => {
  let folder: string;
  let page: PageSteps;
  let root: string;
  const key = publicKeyOfSeed(9);
  const server = createServer((request, response) =>
    request.url === '/api/v1/eth2/publicKeys'
      ? response.end(JSON.stringify([key]))
      : response.writeHead(404).end(),
  );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ephemery-page-'));
    root = join(folder, 'root');
    page = await PageSteps.of('docs/how-to/sign-with-web3signer.md', { folder, root });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps the credentials of a database in a file that is taken once only we can read it', async () => {
    const file = join(folder, 'signers.txt');
    await writeFile(file, page.texts('text signers.txt')[0] ?? '', { mode: 0o644 });
    await expect(readCredentials(file)).rejects.toMatchObject({ code: 'EPH-SIGNER-CREDENTIALS' });
    await page.step('credentials');
    const { username, password } = await readCredentials(file);
    expect([username, password.reveal()]).toEqual(['signers', 'the password']);
  });

  it('has the keys of a signer of somebody else in a set of their own', async () => {
    const { port } = server.address() as AddressInfo;
    const said = await page.step('import', (text) =>
      text.replace('signer.example:9000', `127.0.0.1:${port}`),
    );
    expect(said).toContain(shortOf(key));
    const list = await readFile(join(root, 'keys', 'remote', 'remote-keys.json'), 'utf8');
    expect(JSON.parse(list)).toEqual({ publicKeys: [key] });
  });
});
