import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { writeKeySet } from '../support/key-sets.ts';

// Keys backed up, lost and restored by the commands alone, and killed at every stroke of it.
let ephemery: EphemeryProcess;
let first: readonly PublicKey[];
let recipient: string;
let original: string;

const inFolder = (...parts: readonly string[]) => join(ephemery.folder, ...parts);
const identity = ['--identity-file', 'identity.txt'];
const from = ['--folder', 'backups'];

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  original = inFolder('original');
  ({ recipient } = (await ephemery.json('keys', 'backup', 'identity', 'identity.txt')) as {
    recipient: string;
  });
  await mkdir(original, { mode: 0o700 });
  await writeFile(join(original, 'layout.json'), '{"version":1}\n');
  first = await writeKeySet(original, 'main', [1, 2, 3]);
  await writeKeySet(original, 'spare', [9]);
  await mkdir(join(original, 'nodes/home/identity'), { recursive: true });
  await writeFile(join(original, 'nodes/home/identity/nodekey'), 'the name among peers');
  await mkdir(join(original, 'nodes/home/protection/0a0b0c0d/mayfly-1'), { recursive: true });
  await writeFile(join(original, 'nodes/home/protection/0a0b0c0d/mayfly-1/store.json'), '{}');
  await renew();
  await ephemery.json('keys', 'backup', ...from, '--recipient', recipient);
}, 120_000);

afterAll(() => ephemery?.remove());

/** The root as it was when the backup was made. */
async function renew(): Promise<void> {
  await rm(ephemery.home, { recursive: true, force: true });
  await cp(original, ephemery.home, { recursive: true });
}

const keystoresOf = async (keySet: string) =>
  (await readdir(join(ephemery.home, 'keys', keySet, 'keystores'))).map((name) => name.slice(0, -5)).sort();
const restore = (...more: readonly string[]) =>
  ephemery.run('keys', 'restore', ...from, ...identity, ...more);

describe('a backup', () => {
  beforeEach(renew);

  it('is proven by a drill that changes nothing', async () => {
    const report = await ephemery.json('keys', 'backup', 'drill', ...from, ...identity);
    expect(report).toMatchObject({ proven: 4, files: 10 });
    expect(await readdir(join(ephemery.home, 'backups', 'scratch'))).toEqual([]);
  });

  it('brings back everything onto a bare machine', async () => {
    await rm(ephemery.home, { recursive: true });
    const { code, out } = await restore('--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ restored: true, proven: 4 });
    expect(await keystoresOf('main')).toEqual([...first].sort());
    for (const path of [
      'keys/spare',
      'nodes/home/identity/nodekey',
      'nodes/home/protection/0a0b0c0d/mayfly-1/store.json',
    ])
      expect((await stat(join(ephemery.home, path))).mode & 0o077).toBe(0);
    expect(await readFile(join(ephemery.home, 'nodes/home/identity/nodekey'), 'utf8')).toBe(
      'the name among peers',
    );
  });

  it('shows what it would change, and changes it only when told', async () => {
    await rm(join(ephemery.home, 'keys', 'main'), { recursive: true });
    const { code, out } = await restore('--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('main: 3 key(s) new, 0 the same');
    expect(await readdir(join(ephemery.home, 'keys'))).toEqual(['spare']);
    const asked = await restore();
    expect(asked.error).toContain('EPH-CLI-CONFIRM');
    expect(await readdir(join(ephemery.home, 'keys'))).toEqual(['spare']);
  });

  it('restores one set alone', async () => {
    await rm(join(ephemery.home, 'keys'), { recursive: true });
    expect((await restore('--key-set', 'spare', '--yes')).code).toBe(0);
    expect(await readdir(join(ephemery.home, 'keys'))).toEqual(['spare']);
  });

  it('takes no key away unless that is asked for, and then keeps it aside', async () => {
    const [late = ''] = await writeKeySet(ephemery.home, 'main', [4]);
    const refused = await restore('--yes', '--json');
    expect(refused.error).toContain('EPH-BACKUP-KEYS-LOST');
    expect(await keystoresOf('main')).toContain(late);
    const { out } = await restore('--yes', '--replace', '--json');
    expect(await keystoresOf('main')).toEqual([...first].sort());
    const { aside } = JSON.parse(out) as { aside: string };
    expect(await readdir(join(aside, 'main', 'keystores'))).toContain(`${late}.json`);
  });

  it('never puts a key into a second set', async () => {
    await rm(join(ephemery.home, 'keys', 'main'), { recursive: true });
    await writeKeySet(ephemery.home, 'other', [1]);
    const { error } = await restore('--key-set', 'main', '--yes', '--json');
    expect(error).toContain('EPH-BACKUP-KEYS-ELSEWHERE');
    expect(await readdir(join(ephemery.home, 'keys'))).toEqual(['other', 'spare']);
  });

  it('leaves identities and protection that are there as they are', async () => {
    await writeFile(join(ephemery.home, 'nodes/home/protection/0a0b0c0d/mayfly-1/store.json'), 'newer');
    expect((await restore('--yes')).code).toBe(0);
    const store = join(ephemery.home, 'nodes/home/protection/0a0b0c0d/mayfly-1/store.json');
    expect(await readFile(store, 'utf8')).toBe('newer');
  });

  it('with a key whose secret does not open it is not restored, and nothing is replaced', async () => {
    await writeFile(join(ephemery.home, 'keys/main/secrets', first[0] ?? ''), 'another password');
    await ephemery.json('keys', 'backup', '--folder', 'bad', '--recipient', recipient);
    const { code, error } = await ephemery.run(
      'keys',
      'restore',
      '--folder',
      'bad',
      ...identity,
      '--yes',
      '--json',
    );
    expect(code).toBe(1);
    expect(error).toContain('EPH-BACKUP-KEY-UNPROVEN');
    expect(await readdir(join(ephemery.home, 'backups'))).not.toContain('restoring');
  });

  it('tells no secret, whatever goes wrong', async () => {
    await writeFile(inFolder('phrase'), 'open-sesame-phrase\n', { mode: 0o600 });
    const tries = [
      await ephemery.run(
        'keys',
        'restore',
        ...from,
        '--passphrase-file',
        'phrase',
        '--yes',
        '--log-level',
        'trace',
      ),
      await ephemery.run('keys', 'backup', 'drill', ...from, '--passphrase-file', 'phrase', '--json'),
    ];
    await chmod(inFolder('phrase'), 0o644);
    tries.push(await ephemery.run('keys', 'backup', '--folder', 'x', '--passphrase-file', 'phrase'));
    const secrets = [
      'open-sesame-phrase',
      'password of 1',
      (await readFile(inFolder('identity.txt'), 'utf8')).split('\n')[1] ?? '',
    ];
    for (const { code, out, error } of tries) {
      expect(code).not.toBe(0);
      for (const secret of secrets) expect(out + error).not.toContain(secret);
    }
  });
});

describe('a restore that is killed', () => {
  const preload = pathToFileURL(join(import.meta.dirname, '../support/die-at-rename.mjs')).href;
  const program = join(import.meta.dirname, '../../dist/app/main.js');

  async function restoreDyingAt(stroke: string): Promise<string | null> {
    const args = [
      '--import',
      preload,
      program,
      'keys',
      'restore',
      ...from,
      ...identity,
      '--yes',
      '--replace',
    ];
    const env = { PATH: process.env.PATH ?? '', EPHEMERY_HOME: ephemery.home, DIE_AT_RENAME: stroke };
    const child = spawn(process.execPath, args, { cwd: ephemery.folder, env, stdio: 'ignore' });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return signal;
  }

  it('at any stroke leaves each set whole, old or new, once the next command has run', async () => {
    let died = 0;
    for (const moment of ['before', 'after']) {
      for (let stroke = 1; ; stroke++) {
        await renew();
        const [late = ''] = await writeKeySet(ephemery.home, 'main', [4]);
        const isKilled = (await restoreDyingAt(`${stroke} ${moment}`)) === 'SIGKILL';
        if (!isKilled) break;
        died += 1;
        expect((await restore('--dry-run', '--replace')).code).toBe(0);
        const now = await keystoresOf('main');
        expect([[...first].sort(), [...first, late].sort()]).toContainEqual(now);
        expect(await keystoresOf('spare')).toHaveLength(1);
        const aside = await readdir(join(ephemery.home, 'backups', 'replaced'), { recursive: true }).catch(
          () => [],
        );
        const lateIsSomewhere = now.includes(late) || aside.some((path) => path.endsWith(`${late}.json`));
        expect(lateIsSomewhere).toBe(true);
        const drilled = await ephemery.json('keys', 'backup', '--folder', 'after', '--recipient', recipient);
        expect(drilled).toMatchObject({ keys: { spare: 1, main: now.length } });
      }
    }
    expect(died).toBeGreaterThanOrEqual(8);
  });
});
