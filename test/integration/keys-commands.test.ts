import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { writeKeySet } from '../support/key-sets.ts';

// What anybody could have chosen, so that finding it anywhere is a leak.
const words = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const password = 'correct-horse-battery';
const address = '0x4D496CcC28058B1D74B7a19541663E21154f9c84';

let ephemery: EphemeryProcess;
const said: string[] = [];

async function run(...args: readonly string[]) {
  const ended = await ephemery.run(...args);
  said.push(ended.out, ended.error);
  return ended;
}

async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, out, error } = await run(...args, '--json');
  if (code !== 0 && code !== 3) throw new Error(`${args.join(' ')} ended with ${code}: ${error}`);
  return JSON.parse(out) as T;
}

interface Made {
  readonly keys: readonly { readonly pubkey: string; readonly path: string }[];
  readonly known: readonly unknown[];
  readonly depositFile?: string;
}

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  await writeFile(join(ephemery.folder, 'M'), `${words}\n`, { mode: 0o600 });
  await writeFile(join(ephemery.folder, 'P'), `${password}\n`, { mode: 0o600 });
});
afterAll(() => ephemery?.remove());

const fromM = ['--mnemonic-file', 'M', '--password-file', 'P', '--kdf', 'pbkdf2'];

describe('keys by commands alone', () => {
  let made: Made;

  it('are made into a folder, with deposits that hold', async () => {
    made = await json<Made>(
      'keys',
      'new',
      ...fromM,
      '--count',
      '3',
      '--out',
      'DIR',
      '--withdrawal-address',
      address,
    );
    expect(made.keys.map(({ path }) => path)).toEqual([0, 1, 2].map((index) => `m/12381/3600/${index}/0/0`));
    const files = readdirSync(join(ephemery.folder, 'DIR')).sort();
    expect(files.map((name) => name.replace(/\d{10}/, 'T'))).toEqual([
      'deposit_data-T.json',
      ...[0, 1, 2].map((index) => `keystore-m_12381_3600_${index}_0_0-T.json`),
    ]);
    const checked = await json<{ deposits: unknown[] }>('keys', 'verify-deposits', made.depositFile ?? '');
    expect(checked.deposits).toMatchObject(
      made.keys.map(({ pubkey }) => ({ pubkey, credentials: '0x01', problems: [] })),
    );
  });

  it('are made into a set, once', async () => {
    expect((await json<Made>('keys', 'new', ...fromM, '--count', '2')).keys).toEqual(made.keys.slice(0, 2));
    const again = await json<Made>('keys', 'new', ...fromM, '--count', '3', '--set', 'other');
    expect(again.keys).toEqual(made.keys.slice(2));
    expect(again.known).toHaveLength(2);
  });

  it('are refused where something is there, or somebody must be asked', async () => {
    expect((await run('keys', 'new', ...fromM, '--out', 'DIR')).error).toContain('EPH-KEYS-OUTPUT-EXISTS');
    expect((await run('keys', 'new')).error).toContain('EPH-KEYS-SECRET-MISSING');
    expect((await run('keys', 'new', '--mnemonic-file', 'P')).error).toContain('EPH-KEYS-MNEMONIC');
    expect((await run('keys', 'new', '--mnemonic-file', 'absent')).error).toContain(
      'EPH-KEYS-SECRET-UNREADABLE',
    );
  });

  it('are shown, and proven', async () => {
    const [first] = made.keys;
    const listed = await json<{ keys: unknown[] }>('keys', 'list');
    expect(listed.keys).toHaveLength(3);
    const shown = await json('keys', 'show', first?.pubkey.slice(0, 12) ?? '', '--prove');
    expect(shown).toMatchObject({ pubkey: first?.pubkey, keySet: 'main', hasPassword: true, proven: true });
  });

  it('are deposited for and exported', async () => {
    const options = [
      '--set',
      'main',
      '--withdrawal-address',
      address,
      '--credentials',
      '0x02',
      '--amount',
      '1024',
    ];
    await json('keys', 'deposit', ...options, '--out', 'deposits.json');
    const checked = await json('keys', 'verify-deposits', 'deposits.json');
    expect(checked).toMatchObject({
      deposits: [0, 1].map(() => ({ credentials: '0x02', amountGwei: 1_024_000_000_000, problems: [] })),
    });
    await json('keys', 'export', '--out', 'lighthouse', '--layout', 'lighthouse');
    const secret = join(ephemery.folder, 'lighthouse/secrets', made.keys[0]?.pubkey ?? '');
    expect(readFileSync(secret, 'utf8')).toBe(password);
    expect(statSync(secret).mode & 0o777).toBe(0o600);
  });

  it('become genesis validators by a file that is held against those of others', async () => {
    const inputs = join(import.meta.dirname, '../fixtures/genesis-inputs');
    const file = [
      'keys',
      'genesis-file',
      '--set',
      'main',
      '--name',
      'mario',
      '--withdrawal-address',
      address,
    ];
    const report = await json<{ file: string; keys: string[]; lint: unknown; steps: readonly string[] }>(
      ...file,
      '--inputs',
      inputs,
      '--out',
      '.',
    );
    expect(report.lint).toMatchObject({ problems: [], preview: { files: 5 } });
    expect(report.steps.join()).toContain('pull request');
    const local = await json<{ steps: readonly string[] }>(
      ...file,
      '--out',
      join(ephemery.home, 'devnets/rehearsal/genesis-validators'),
    );
    expect(local.steps.join()).not.toContain('pull request');
    expect(local.steps.join()).toContain('ephemery keys list --network rehearsal');
    const lines = readFileSync(report.file, 'utf8').trim().split('\n').slice(1);
    expect(lines.map((line) => line.split(':')[0])).toEqual(report.keys);
    mkdirSync(join(ephemery.folder, 'inputs/validators'), { recursive: true });
    copyFileSync(report.file, join(ephemery.folder, 'inputs/validators/luigi-node1.txt'));
    const refused = await run(...file, '--node', '2', '--inputs', 'inputs');
    expect([refused.code, refused.out]).toEqual([
      3,
      expect.stringContaining('stands already in luigi-node1.txt'),
    ]);
    expect(readdirSync(join(ephemery.folder, 'inputs/validators'))).toEqual(['luigi-node1.txt']);
  });

  it('of a new mnemonic give it away in the file that was named, and nowhere else', async () => {
    await json(
      'keys',
      'new',
      '--save-mnemonic',
      'fresh',
      '--words',
      '12',
      '--kdf',
      'pbkdf2',
      '--set',
      'fresh',
    );
    const fresh = readFileSync(join(ephemery.folder, 'fresh'), 'utf8').trim();
    expect(fresh.split(' ')).toHaveLength(12);
    expect(said.join('\n')).not.toContain(fresh);
  });

  it('are made with a signal to end leaving nothing behind', async () => {
    const { child, ended } = ephemery.start(
      'keys',
      'new',
      '--mnemonic-file',
      'M',
      '--count',
      '50',
      '--out',
      'cut',
    );
    await new Promise((resolve) => child.stderr?.once('data', resolve));
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(readdirSync(ephemery.folder).filter((name) => name.includes('cut'))).toEqual([]);
  });
});

describe('secrets', () => {
  it('stand in nothing that a command said, not even with a debug log', async () => {
    await run('keys', 'new', ...fromM, '--count', '1', '--set', 'debug', '--log-level', 'debug');
    await run('keys', 'new', '--mnemonic-env', 'NO_SUCH', '--log-level', 'debug');
    for (const text of said) {
      expect(text).not.toContain(password);
      expect(text).not.toContain('abandon');
    }
  });

  it('stand in no file but those that are for them', () => {
    const found = execFileSync('grep', ['-rlE', `${password}|abandon`, '.'], {
      cwd: ephemery.folder,
      encoding: 'utf8',
    });
    const elsewhere = found
      .split('\n')
      .filter(
        (path) =>
          path !== '' && !/^\.\/(M|P|lighthouse\/secrets\/0x\w+|home\/keys\/\w+\/secrets\/0x\w+)$/.test(path),
      );
    expect(elsewhere).toEqual([]);
  });
});

describe('a key that lies in two sets', () => {
  let other: EphemeryProcess;
  beforeAll(async () => {
    other = await EphemeryProcess.inNewFolder();
    for (const keySet of ['main', 'second']) await writeKeySet(other.home, keySet, [3]);
    const node = (keySet: string) =>
      `{ network: devnet, execution: { client: ethereumjs }, consensus: { client: mayfly }, validator: { client: mayfly, keySets: [${keySet}] } }`;
    await writeFile(
      join(other.folder, 'ephemery.yaml'),
      `version: 1\nnodes:\n  one: ${node('main')}\n  two: ${node('second')}\nkeySets: { main: {}, second: {} }\n`,
    );
  });
  afterAll(() => other?.remove());

  it('keeps every node of the configuration from being started, and says which sets', async () => {
    const { code, error } = await other.run('up', '--json');
    expect(code).not.toBe(0);
    expect(error).toContain('EPH-FLEET-KEY-IN-TWO-SETS');
    expect(error).toContain('is in the key sets main and second');
    expect(await other.run('down')).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was') });
  });
});
