import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { Encrypter } from 'age-encryption';
import { pack as newPack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../base/secret.ts';
import { keysIn } from '../core/backup/difference.ts';
import { manifestName } from '../core/backup/manifest.ts';
import { gatherFiles } from './gather.ts';
import { type BackupKey, type BackupLock, newIdentity } from './lock.ts';
import { openBackup } from './open-backup.ts';
import { writeBackup } from './write-backup.ts';

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-backup-'));
  root = join(folder, 'root');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const key = `0x${'8a'.repeat(48)}`;

async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

async function populated(): Promise<void> {
  await put(`keys/main/keystores/${key}.json`, '{"a keystore":1}');
  await put(`keys/main/secrets/${key}`, 'open sesame');
  await put('nodes/home/identity/nodekey', 'node key');
  await put('nodes/home/protection/0a0b0c0d/mayfly-1/store.json', '{}');
  await put('nodes/home/protection/0a0b0c0d/mayfly-1/db', new Uint8Array(300_000).fill(7));
  await put('nodes/home/chains/1-aa/execution.geth/big', 'chain data');
  await put('nodes/home/secrets/jwt.hex', 'made again');
  await put('nodes/home/secrets/keymanager-token', 'opens a wallet');
  await put('nodes/home/journal.ndjson', '{}');
  await put('nodes/home/signer-protection/0a0b0c0d.json', '{}');
  await put('nodes/home/signer-database/cluster/PG_VERSION', 'only whole while it is down');
  await put('logs/home.log', 'log');
}

const passphrase = new Secret('a long and winding passphrase');

async function make(lock: BackupLock) {
  const into = join(folder, 'one.age');
  const files = await gatherFiles(root);
  const manifest = await writeBackup({ files, lock, into, createdAtMs: 5, version: '0.1.0' });
  return { file: into, manifest };
}

async function openInto(file: string, with_: BackupKey, name = 'opened') {
  const into = join(folder, name);
  await mkdir(into);
  return { into, manifest: await openBackup({ file, name: 'one.age', key: with_, into }) };
}

describe('what goes into a backup', () => {
  it('is what cannot be made again: keys, secrets, identities, protection', async () => {
    await populated();
    expect((await gatherFiles(root)).map(({ path }) => path)).toEqual([
      `keys/main/keystores/${key}.json`,
      `keys/main/secrets/${key}`,
      'nodes/home/identity/nodekey',
      'nodes/home/protection/0a0b0c0d/mayfly-1/db',
      'nodes/home/protection/0a0b0c0d/mayfly-1/store.json',
      'nodes/home/secrets/keymanager-token',
      'nodes/home/signer-protection/0a0b0c0d.json',
    ]);
  });

  it('never follows a link, and leaves out what is half made', async () => {
    await populated();
    await symlink('/etc', join(root, 'keys/main/keystores/etc'));
    await put('keys/.importing/x', 'staged');
    await put('nodes/home/protection/0a0b0c0d/mayfly-2.opening/db', 'half');
    expect(await gatherFiles(root)).toHaveLength(7);
  });

  it('is nothing where there is no root', async () => {
    expect(await gatherFiles(join(folder, 'nowhere'))).toEqual([]);
  });
});

describe('a backup', () => {
  it('gives back every byte to the identity of its recipient', async () => {
    await populated();
    const { identity, recipient } = await newIdentity();
    const { file, manifest } = await make({ kind: 'recipients', recipients: [recipient] });
    const { into, manifest: read } = await openInto(file, {
      kind: 'identities',
      identities: new Secret(`# created by us\n${identity}\n`),
    });
    expect(read).toEqual(manifest);
    expect(keysIn(read)).toEqual(new Map([['main', [key]]]));
    for (const { path } of manifest.entries) {
      expect(await readFile(join(into, path))).toEqual(await readFile(join(root, path)));
      expect((await stat(join(into, path))).mode & 0o777).toBe(0o600);
    }
  });

  it('is for our user alone and tells nobody what is in it', async () => {
    await populated();
    const { file } = await make({ kind: 'passphrase', passphrase });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const bytes = (await readFile(file)).toString('latin1');
    for (const plain of ['keystores', 'open sesame', key]) expect(bytes).not.toContain(plain);
  });

  it('opens with its passphrase and with no other', async () => {
    await populated();
    const { file } = await make({ kind: 'passphrase', passphrase });
    await openInto(file, { kind: 'passphrase', passphrase });
    const wrong = openInto(file, { kind: 'passphrase', passphrase: new Secret('guessed') }, 'other');
    await expect(wrong).rejects.toMatchObject({ code: 'EPH-BACKUP-NOT-OPENED' });
    await expect(wrong).rejects.not.toThrow(/guessed/);
  });

  it('is refused with an identity of somebody else, or none', async () => {
    await populated();
    const { file } = await make({ kind: 'recipients', recipients: [(await newIdentity()).recipient] });
    const { identity } = await newIdentity();
    for (const [index, text] of [identity, 'AGE-SECRET-KEY-1NONSENSE', '# empty\n'].entries()) {
      const opening = openInto(file, { kind: 'identities', identities: new Secret(text) }, `try-${index}`);
      await expect(opening).rejects.toMatchObject({ code: 'EPH-BACKUP-NOT-OPENED' });
    }
  });

  it.each([[[]], [['age1nonsense']]])('is not made for %j, and leaves no file', async (recipients) => {
    await populated();
    await expect(make({ kind: 'recipients', recipients })).rejects.toMatchObject({
      code: expect.stringMatching(/^EPH-BACKUP-/),
    });
    expect(await readdir(folder)).toEqual(['root']);
  });

  it('leaves nothing when a file goes away meanwhile', async () => {
    await populated();
    const files = [...(await gatherFiles(root)), { path: 'keys/main/gone', source: join(root, 'gone') }];
    const into = join(folder, 'one.age');
    const { recipient } = await newIdentity();
    const lock: BackupLock = { kind: 'recipients', recipients: [recipient] };
    await expect(writeBackup({ files, lock, into, createdAtMs: 5, version: 'v' })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(await readdir(folder)).toEqual(['root']);
  });

  it('ends with the reason of its signal, and without a failure that nobody waits for', async () => {
    await populated();
    const files = await gatherFiles(root);
    const into = join(folder, 'one.age');
    const { recipient } = await newIdentity();
    const lock: BackupLock = { kind: 'recipients', recipients: [recipient] };
    const signal = AbortSignal.abort(new Error('enough'));
    const unheard: unknown[] = [];
    const hear = (cause: unknown) => unheard.push(cause);
    process.on('unhandledRejection', hear);
    try {
      const writing = writeBackup({ files, lock, into, createdAtMs: 5, version: 'v', signal });
      await expect(writing).rejects.toThrow('enough');
    } finally {
      process.off('unhandledRejection', hear);
    }
    expect(unheard).toEqual([]);
    expect(await readdir(folder)).toEqual(['root']);
  });
});

describe('a damaged backup', () => {
  it.each([0.3, 0.7, 0.99])('cut off at %d is noticed', async (share) => {
    await populated();
    const { identity, recipient } = await newIdentity();
    const { file } = await make({ kind: 'recipients', recipients: [recipient] });
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, Math.floor(bytes.length * share)));
    const opening = openInto(file, { kind: 'identities', identities: new Secret(identity) });
    await expect(opening).rejects.toMatchObject({ code: expect.stringMatching(/DAMAGED|NOT-OPENED/) });
  });

  it('with a byte changed is noticed', async () => {
    await populated();
    const { identity, recipient } = await newIdentity();
    const { file } = await make({ kind: 'recipients', recipients: [recipient] });
    const bytes = await readFile(file);
    bytes[bytes.length - 1000] = (bytes[bytes.length - 1000] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const opening = openInto(file, { kind: 'identities', identities: new Secret(identity) });
    await expect(opening).rejects.toMatchObject({ code: 'EPH-BACKUP-DAMAGED' });
  });
});

type Entry = readonly [name: string, content: string, type?: 'symlink' | 'directory'];

/** A backup as an attacker who knows the recipient could make one. */
async function crafted(entries: readonly Entry[]) {
  const { identity, recipient } = await newIdentity();
  const pack = newPack();
  for (const [name, content, type = 'file'] of entries) {
    if (type === 'file') pack.entry({ name }, content);
    else pack.entry({ name, type, linkname: '/etc/passwd' });
  }
  pack.finalize();
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const file = join(folder, 'crafted.age');
  await writeFile(file, await encrypter.encrypt(new Uint8Array(await buffer(Readable.from(pack)))));
  return { file, key: { kind: 'identities', identities: new Secret(identity) } as const };
}

const manifestOf = (entries: readonly object[]) =>
  JSON.stringify({ format: 1, createdAtMs: 1, version: 'v', entries });
const empty = manifestOf([]);

describe('a hostile backup', () => {
  it.each<[string, readonly Entry[]]>([
    [
      'a path that climbs out',
      [
        ['keys/../../evil', 'x'],
        [manifestName, empty],
      ],
    ],
    [
      'an absolute path',
      [
        ['/keys/evil', 'x'],
        [manifestName, empty],
      ],
    ],
    [
      'a path outside of the places',
      [
        ['run/lock', 'x'],
        [manifestName, empty],
      ],
    ],
    [
      'a link',
      [
        ['keys/main/link', '', 'symlink'],
        [manifestName, empty],
      ],
    ],
    [
      'a folder',
      [
        ['keys/main', '', 'directory'],
        [manifestName, empty],
      ],
    ],
    [
      'a file that it does not list',
      [
        ['keys/main/x', 'x'],
        [manifestName, empty],
      ],
    ],
    [
      'a file twice',
      [
        ['keys/main/x', 'x'],
        ['keys/main/x', 'y'],
        [manifestName, empty],
      ],
    ],
    ['no manifest', [['keys/main/x', 'x']]],
    [
      'something behind the manifest',
      [
        [manifestName, empty],
        ['keys/main/x', 'x'],
      ],
    ],
    ['a manifest that is none', [[manifestName, '[]']]],
    [
      'a manifest of another format',
      [[manifestName, '{"format":2,"createdAtMs":1,"version":"v","entries":[]}']],
    ],
    [
      'a listed file that is missing',
      [[manifestName, manifestOf([{ path: 'keys/a', bytes: 1, sha256: 'aa' }])]],
    ],
  ])('with %s is refused', async (_what, entries) => {
    const { file, key: opener } = await crafted(entries);
    await expect(openInto(file, opener)).rejects.toMatchObject({ code: 'EPH-BACKUP-DAMAGED' });
    expect(await readdir(folder)).toEqual(['crafted.age', 'opened']);
  });
});
