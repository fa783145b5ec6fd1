import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBackup } from '../../src/backup/open-backup.ts';
import { Secret } from '../../src/base/secret.ts';
import { readBackupName } from '../../src/core/backup/backup-name.ts';
import type { PublicKey } from '../../src/core/keys/public-key.ts';
import { keySetStore } from '../../src/operations/keys/key-sets.ts';
import { openLayout } from '../../src/storage/files/layout.ts';
import { FileNodeStore } from '../../src/storage/files/node-store.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import { writeKeySet } from '../support/key-sets.ts';

// `keys backup`, `keys backup drill` and `keys restore`, killed before each of their changes to the disk.
const preload = pathToFileURL(join(import.meta.dirname, '../support/die-at-change.mjs')).href;
const program = join(import.meta.dirname, '../../dist/app/main.js');
const secretOf = (seed: number) => `password of ${seed}`;

let ephemery: EphemeryProcess;
let keys: readonly PublicKey[];
let identity: Secret;
let recipient: string;

const at = (...parts: readonly string[]) => join(ephemery.folder, ...parts);
const home = () => rootPaths(ephemery.home);

beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
  ({ recipient } = (await ephemery.json('keys', 'backup', 'identity', 'identity.txt')) as {
    recipient: string;
  });
  identity = new Secret(await readFile(at('identity.txt'), 'utf8'));
  await mkdir(at('original'), { mode: 0o700 });
  await writeFile(at('original', 'layout.json'), '{"version":1}\n');
  keys = await writeKeySet(at('original'), 'main', [1, 2]);
  const nodekey = at('original', 'nodes/home/identity/nodekey');
  await mkdir(dirname(nodekey), { recursive: true });
  await writeFile(nodekey, 'the name among peers');
  await openStore(at('original'), 'signed before the loss');
  await renew();
  await ephemery.json('keys', 'backup', '--folder', 'kept', '--recipient', recipient);
}, 60_000);
afterAll(() => ephemery?.remove());

/** A node's slashing protection, as opened for the first time on its network. */
async function openStore(root: string, content: string): Promise<void> {
  const store = new FileNodeStore(rootPaths(root), 'home');
  const opened = { genesisValidatorsRoot: `0x${'ab'.repeat(32)}`, client: 'mayfly', number: 1 };
  await store.openProtection(opened, (_earlier, into) => writeFile(join(into, 'signed'), content));
}

/** What was signed, by store. */
async function stores(): Promise<Record<string, string | undefined>> {
  const store = new FileNodeStore(home(), 'home');
  const { stores: found, damaged } = await store.protection();
  expect(damaged).toEqual([]);
  const read = found.map(async (each) => {
    const text = await readFile(join(store.protectionPath(each), 'signed'), 'utf8').catch(() => undefined);
    return [`${each.client}-${each.number}`, text] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

async function renew(): Promise<void> {
  await rm(ephemery.home, { recursive: true, force: true });
  await cp(at('original'), ephemery.home, { recursive: true });
}

/** Kills the command before its n-th change of the disk; false when it ended before that, well. */
async function killedAt(change: number, words: readonly string[]): Promise<boolean> {
  const args = ['--import', preload, program, ...words];
  const env = {
    PATH: process.env.PATH ?? '',
    EPHEMERY_HOME: ephemery.home,
    DIE_AT_CHANGE: `${change}`,
    DIE_UNDER: ephemery.folder,
  };
  const child = spawn(process.execPath, args, { cwd: ephemery.folder, env, stdio: 'ignore' });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  if (signal === 'SIGKILL') return true;
  expect([change, code]).toEqual([change, 0]);
  return false;
}

/** Kills it before each of its changes in turn, and looks after each; returns how many there were. */
async function killedAtEach(
  words: readonly string[],
  prepare: () => Promise<void>,
  look: () => Promise<void>,
): Promise<number> {
  for (let change = 1; ; change += 1) {
    await prepare();
    if (!(await killedAt(change, words))) return change - 1;
    await look();
  }
}

/** What lies in the clear below a folder: by whom it can be read, and where a secret of ours is. */
async function clearSecrets(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const text = await readFile(file, 'latin1');
    if (!text.includes(secretOf(1)) && !text.includes(secretOf(2))) continue;
    expect([file, (await stat(file)).mode & 0o077]).toEqual([file, 0]);
    found.push(file);
  }
  return found;
}

/** As the next command does: whatever is left of the one that was killed goes, or is finished. */
async function nextCommand(): Promise<void> {
  await openLayout(home());
  expect(await clearSecrets(join(ephemery.home, 'backups', 'scratch'))).toEqual([]);
  for (const folder of ['outgoing', 'incoming', 'restoring'])
    expect(await readdir(join(ephemery.home, 'backups', folder)).catch(() => [])).toEqual([]);
}

async function keysHere(): Promise<readonly PublicKey[]> {
  const store = keySetStore(home());
  for (const key of await store.keys('main')) expect((await store.read('main', key)).password).toBeDefined();
  return store.keys('main');
}

describe('killed before any change to the disk', () => {
  it('`keys backup` leaves no half file that is taken for a backup, and nothing in the clear', async () => {
    let whole = 0;
    const changes = await killedAtEach(
      ['keys', 'backup', '--folder', 'made', '--recipient', recipient],
      async () => {
        // What a killed one left would give the next one more to do, and its changes other numbers.
        await renew();
        await rm(at('made'), { recursive: true, force: true });
      },
      async () => {
        expect(await clearSecrets(at('made'))).toEqual([]);
        expect(await clearSecrets(join(ephemery.home, 'backups'))).toEqual([]);
        for (const name of await readdir(at('made')).catch(() => [])) {
          if (readBackupName(name) === undefined) continue;
          whole += 1;
          await rm(at('opened'), { recursive: true, force: true });
          await mkdir(at('opened'), { mode: 0o700 });
          const key = { kind: 'identities', identities: identity } as const;
          const { entries } = await openBackup({ file: at('made', name), name, key, into: at('opened') });
          expect(entries).toHaveLength(7);
        }
        await nextCommand();
        expect([...(await keysHere())].sort()).toEqual([...keys].sort());
      },
    );
    expect(changes).toBeGreaterThan(10);
    expect(whole).toBeGreaterThan(0);
    // What remains of the one that lived is found and opened by name.
    const { backups } = (await ephemery.json('keys', 'backup', 'list', '--folder', 'made')) as {
      backups: readonly unknown[];
    };
    expect(backups).toHaveLength(1);
  }, 180_000);

  it('`keys backup drill` leaves secrets to our user alone, and to nobody once the next command has run', async () => {
    let laidOut = 0;
    const changes = await killedAtEach(
      ['keys', 'backup', 'drill', '--folder', 'kept', '--identity-file', 'identity.txt', '--from', 'any'],
      renew,
      async () => {
        laidOut += (await clearSecrets(join(ephemery.home, 'backups'))).length;
        await nextCommand();
        expect([...(await keysHere())].sort()).toEqual([...keys].sort());
      },
    );
    expect(changes).toBeGreaterThan(10);
    expect(laidOut).toBeGreaterThan(0);
  }, 180_000);

  it('`keys restore` leaves the old set or the new one, whole, what it replaced, and all slashing protection', async () => {
    const seen = new Set<string>();
    let late: PublicKey | undefined;
    const changes = await killedAtEach(
      [
        'keys',
        'restore',
        '--folder',
        'kept',
        '--identity-file',
        'identity.txt',
        '--from',
        'any',
        '--replace',
        '--yes',
      ],
      async () => {
        await renew();
        await rm(join(ephemery.home, 'nodes'), { recursive: true });
        await openStore(ephemery.home, 'signed since');
        [late] = await writeKeySet(ephemery.home, 'main', [4]);
      },
      async () => {
        await clearSecrets(join(ephemery.home, 'backups'));
        await nextCommand();
        const now = [...(await keysHere())].sort();
        const isNew = !now.includes(late as PublicKey);
        expect(now).toEqual((isNew ? [...keys] : [...keys, late as PublicKey]).sort());
        seen.add(isNew ? 'new' : 'old');
        const nodekey = join(ephemery.home, 'nodes/home/identity/nodekey');
        const text = await readFile(nodekey, 'utf8').catch(() => undefined);
        expect(text).toBe(isNew ? 'the name among peers' : undefined);
        const added = isNew ? { 'mayfly-2': 'signed before the loss', 'given-2': undefined } : {};
        expect(await stores()).toEqual({ 'mayfly-1': 'signed since', ...added });
        const aside = await readdir(join(ephemery.home, 'backups', 'replaced'), { recursive: true }).catch(
          () => [],
        );
        if (isNew) expect(aside.some((file) => file.endsWith(`${late}.json`))).toBe(true);
      },
    );
    expect(changes).toBeGreaterThan(20);
    expect([...seen].sort()).toEqual(['new', 'old']);
  }, 240_000);
});
