import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { keystoreText } from '../../src/core/keys/keystore.ts';
import { sealKeystore } from '../../src/core/keys/keystore-cipher.ts';
import { publicKeyBytes } from '../../src/core/keys/public-key.ts';
import { publicKeyFor } from '../../src/keys/bls.ts';
import { validatorSecrets } from '../../src/keys/key-tree.ts';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { missingProgram } from '../support/missing-program.ts';

const keys = validatorSecrets(new Uint8Array(64).fill(3), [0, 1]).map(({ index, signing }) => ({
  index,
  signing,
  pubkey: publicKeyFor(signing) ?? ('0x' as const),
}));

let ephemery: EphemeryProcess;
let keysFolder: string;

interface Report {
  readonly new: readonly { readonly pubkey: string }[];
  readonly known: readonly { readonly pubkey: string; readonly keySet: string }[];
  readonly broken: readonly { readonly path: string; readonly problem: string }[];
  readonly foreign: readonly { readonly path: string }[];
}

async function imported(...args: readonly string[]): Promise<Report> {
  const { code, out, error } = await ephemery.run('keys', 'import', ...args, '--json');
  if (code !== 0 && code !== 3) throw new Error(`it ended with ${code}: ${error}`);
  return JSON.parse(out) as Report;
}

/** Sealed so weakly that only a test may do it. */
async function sealed(secretKey: Uint8Array, pubkey: `0x${string}`, password: string): Promise<string> {
  const draft = {
    secretKey: new Secret(secretKey),
    pubkey,
    path: 'm/12381/3600/0/0/0',
    derivation: { function: 'pbkdf2', iterations: 100 } as const,
    salt: new Uint8Array(32).fill(1),
    iv: new Uint8Array(16).fill(2),
    uuid: '00000000-0000-4000-8000-000000000000',
  };
  return keystoreText(await sealKeystore(draft, new Secret(password)));
}

async function write(path: string, content: string): Promise<void> {
  const file = join(ephemery.folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
}

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  keysFolder = join(ephemery.home, 'keys');
  for (const { index, signing, pubkey } of keys) {
    await write(
      `tool/keystore-m_12381_3600_${index}_0_0-1.json`,
      await sealed(signing, pubkey, `own ${index}`),
    );
    await write(`tool/keystore-m_12381_3600_${index}_0_0-1.txt`, `own ${index}\n`);
  }
});
afterAll(() => ephemery?.remove());

describe('keys of other tools', () => {
  it('are sorted: new, known, broken, foreign', async () => {
    const [first, second] = keys;
    if (first === undefined || second === undefined) throw new Error('there are two');
    await write('mixed/good.json', await sealed(first.signing, first.pubkey, 'right'));
    await write('mixed/again/good.json', await sealed(first.signing, first.pubkey, 'right'));
    await write('mixed/locked.json', await sealed(second.signing, second.pubkey, 'other'));
    await write('mixed/liar.json', await sealed(second.signing, first.pubkey, 'right'));
    await write('mixed/deposit_data-1.json', '[]');
    await write('mixed/protection.json', '{"metadata":{},"data":[]}');
    await write('P', 'right\n');
    const report = await imported('mixed', '--password-file', 'P', '--dry-run');
    expect(report.new).toMatchObject([{ pubkey: first.pubkey }]);
    expect(report.broken.map(({ path }) => path).sort()).toEqual(['liar.json', 'locked.json']);
    expect(report.foreign.map(({ path }) => path).sort()).toEqual(['deposit_data-1.json', 'protection.json']);
    expect(existsSync(join(keysFolder, 'main'))).toBe(false);
  });

  it('come with Prysm’s wallet and web3signer’s keys in the clear', async () => {
    const wallet = {
      public_keys: keys.map(({ pubkey }) => Buffer.from(publicKeyBytes(pubkey)).toString('base64')),
      private_keys: keys.map(({ signing }) => Buffer.from(signing).toString('base64')),
    };
    const content = Buffer.from(JSON.stringify(wallet));
    await write(
      'prysm/direct/accounts/all-accounts.keystore.json',
      await sealed(content, '0x', 'wallet pass'),
    );
    await write('prysm/wallet-password.txt', 'wallet pass');
    expect((await imported('prysm', '--dry-run')).new.map(({ pubkey }) => pubkey)).toEqual(
      keys.map(({ pubkey }) => pubkey),
    );
    for (const { index, signing } of keys)
      await write(
        `signer/${index}.yaml`,
        `type: file-raw\nkeyType: BLS\nprivateKey: "0x${Buffer.from(signing).toString('hex')}"\n`,
      );
    const raw = await imported('signer', '--set', 'signer');
    expect(raw.new).toHaveLength(2);
    const shown = await ephemery.json('keys', 'show', keys[0]?.pubkey ?? '', '--prove');
    expect(shown).toMatchObject({ keySet: 'signer', proven: true });
  });

  it.each(['lighthouse', 'teku', 'nimbus', 'lodestar', 'web3signer', 'eip2335'])(
    'go to %s and come back',
    async (layout) => {
      await ephemery.json('keys', 'export', '--set', 'signer', '--layout', layout, '--out', `out-${layout}`);
      const report = await imported(`out-${layout}`, '--dry-run');
      expect(report.known.map(({ pubkey }) => pubkey).sort()).toEqual(
        keys.map(({ pubkey }) => pubkey).sort(),
      );
      expect([report.new, report.broken]).toEqual([[], []]);
    },
  );

  it('come out of an archive whose password, like theirs, is in the environment', async () => {
    const { configure, TextReader, Uint8ArrayWriter, ZipWriter } = await import('@zip.js/zip.js');
    configure({ useWebWorkers: false });
    const zip = new ZipWriter(new Uint8ArrayWriter(), { password: 'of the archive', encryptionStrength: 3 });
    for (const { index, pubkey, signing } of keys)
      await zip.add(
        `validator_keys/${index}.json`,
        new TextReader(await sealed(signing, pubkey, 'of the keys')),
      );
    await writeFile(join(ephemery.folder, 'keys.zip'), await zip.close());
    const args = ['keys', 'import', 'keys.zip', '--password-env', 'KEYS', '--dry-run', '--json'];
    const given = { ARCHIVE: 'of the archive', KEYS: 'of the keys' };
    const locked = await ephemery.runIn(given, ...args);
    expect([locked.code, locked.out]).toEqual([1, '']);
    expect(locked.error).toContain('it is encrypted');
    const opened = await ephemery.runIn(given, ...args, '--archive-password-env', 'ARCHIVE');
    expect(opened.code).toBe(0);
    const report = JSON.parse(opened.out) as Report;
    expect([...report.new, ...report.known].map(({ pubkey }) => pubkey)).toEqual(
      keys.map(({ pubkey }) => pubkey),
    );
    expect(opened.out + opened.error).not.toContain('of the keys');
  });

  it('are taken with passwords from a folder of their own', async () => {
    for (const { index, pubkey, signing } of keys) {
      await write(`apart/keystores/${index}.json`, await sealed(signing, pubkey, `apart ${index}`));
      await write(`words/${pubkey}`, `apart ${index}`);
    }
    const report = await imported('apart', '--passwords', 'words', '--dry-run');
    expect(report.known).toHaveLength(2);
  });
});

const lackOfTerminal =
  process.platform === 'linux' ? missingProgram('script') : 'its `script` is another one';
describeIf(lackOfTerminal)('keys whose password is typed', () => {
  it('are opened with it, and it is not shown', async () => {
    for (const { index, signing, pubkey } of keys)
      await write(`typed/${index}.json`, await sealed(signing, pubkey, 'typed by hand'));
    const { child, ended, says } = ephemery.startOnTerminal('keys', 'import', 'typed', '--dry-run');
    await says('password of the keystores');
    child.stdin?.write('typed by hand\r');
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).not.toContain('typed by hand');
  });
});

describe('an import that is killed', () => {
  const preload = join(import.meta.dirname, '../support/die-at-change.mjs');
  const program = join(import.meta.dirname, '../../dist/app/main.js');

  function killedAt(change: number): NodeJS.Signals | null {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: ephemery.folder,
      EPHEMERY_HOME: ephemery.home,
      DIE_AT_CHANGE: `${change}`,
      DIE_UNDER: keysFolder,
    };
    const args = ['--import', preload, program, 'keys', 'import', 'tool', '--set', 'killed', '--json'];
    return spawnSync(process.execPath, args, { cwd: ephemery.folder, env }).signal;
  }

  const filesIn = (folder: string) => {
    const path = join(keysFolder, 'killed', folder);
    return existsSync(path) ? readdirSync(path) : [];
  };

  it('before any change leaves each key whole or absent, and is finished by the next', async () => {
    let kills = 0;
    for (let change = 1; ; change += 1) {
      await rm(keysFolder, { recursive: true, force: true });
      if (killedAt(change) === null) break;
      kills += 1;
      for (const name of filesIn('keystores')) {
        const key = name.replace('.json', '');
        const index = keys.find(({ pubkey }) => pubkey === key)?.index;
        expect(readFileSync(join(keysFolder, 'killed/secrets', key), 'utf8')).toBe(`own ${index}`);
      }
      const left = filesIn('keystores').length;
      const report = await imported('tool', '--set', 'killed');
      expect([report.known.length, report.new.length]).toEqual([left, keys.length - left]);
      expect(filesIn('keystores')).toHaveLength(keys.length);
      expect(readdirSync(join(keysFolder, 'killed')).sort()).toEqual(['keystores', 'secrets']);
      expect(filesIn('secrets')).toHaveLength(keys.length);
    }
    // Each key is two files that are written and renamed, in folders that are made.
    expect(kills).toBeGreaterThan(10);
  });
});
