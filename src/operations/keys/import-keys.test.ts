import { copyFile, mkdir, readdir, readFile, rename, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { type ZipEntry, zipOf } from '../../../test/support/zip-archive.ts';
import { Secret } from '../../base/secret.ts';
import { type ImportKeysWish, importKeys } from './import-keys.ts';

const watch = { signal: new AbortController().signal, onProgress: () => undefined };
let host: BackupHost;
/** A folder with one keystore and its password. */
let from: string;
let keystore: string;
const password = new Secret('password of 1');

beforeEach(async () => {
  host = await backupHost();
  const [key] = await writeKeySet(join(host.folder, 'made'), 'theirs', [1]);
  from = join(host.folder, 'from');
  await mkdir(from);
  keystore = join(host.folder, 'made/keys/theirs/keystores', `${key}.json`);
});
afterEach(() => host.remove());

const bring = (more: Partial<ImportKeysWish> = {}) =>
  importKeys(
    host.services,
    { from, keySet: 'main', dryRun: true, password, backup: { noBackup: true }, ...more },
    watch,
  );

describe('an import finds a keystore', () => {
  it.each(['key', 'key.keystore', 'key.json.bak'])(
    'that is called %s, alone and in a folder',
    async (name) => {
      await copyFile(keystore, join(from, name));
      expect((await bring()).new).toHaveLength(1);
      expect((await bring({ from: join(from, name) })).new).toHaveLength(1);
    },
  );

  it.each([
    ['UTF-8', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ])('behind a mark of %s', async (_, encoded) => {
    await writeFile(join(from, 'k.json'), encoded(await readFile(keystore, 'utf8')));
    expect((await bring()).new).toHaveLength(1);
  });

  it('in a mounted secret, whose files are links', async () => {
    await mkdir(join(from, '..2026_11'));
    await symlink('..2026_11', join(from, '..data'));
    await copyFile(keystore, join(from, '..2026_11/keystore'));
    await writeFile(join(from, '..2026_11/keystore.txt'), 'password of 1');
    for (const name of ['keystore', 'keystore.txt']) await symlink(`..data/${name}`, join(from, name));
    expect(await bring({ password: undefined })).toMatchObject({ new: [{}], broken: [] });
    expect((await bring({ from: join(from, 'keystore') })).new).toHaveLength(1);
  });
});

describe('an import tells of what it did not take', () => {
  it.each([
    ['nothing', async () => undefined, 'it is empty'],
    [
      'an archive of another kind',
      () => writeFile(join(from, 't.tar.bz2'), 'BZh91AY'),
      /t\.tar\.bz2 \(an archive of/,
    ],
    [
      'a link that leads out',
      () => symlink(keystore, join(from, 'k.json')),
      /k\.json \(a link that leads out/,
    ],
    ['a link to nothing', () => symlink('none', join(from, 'k.json')), /a link to nothing/],
    ['a damaged archive', () => writeFile(join(from, 'k.zip'), 'xx'), /k\.zip \(damaged/],
    [
      'a bomb',
      async () => {
        await writeFile(join(from, 'k.json'), '');
        await truncate(join(from, 'k.json'), 2 ** 30);
      },
      /k\.json \(it has 1073741824 bytes/,
    ],
    ['a password alone', () => writeFile(join(from, 'a.txt'), 'word'), /a\.txt \(a password or/],
    ['an empty file', () => writeFile(join(from, 'notes.json'), ''), /notes\.json \(empty\)/],
  ])('being a source that holds %s', async (_, make, seen) => {
    await make();
    await expect(bring()).rejects.toMatchObject({ code: 'EPH-KEYS-NO-KEYSTORE' });
    await expect(bring()).rejects.toThrow(seen);
  });

  it('being too large in an archive', async () => {
    const large: ZipEntry = { path: 'k.json', content: '{}', announced: { bytes: 2 ** 29 } };
    await writeFile(join(from, 'k.zip'), zipOf(large));
    await expect(bring()).rejects.toThrow(/k\.zip\/k\.json \(it has 536870912 bytes/);
  });

  it.each([[[2 ** 30 + 1]], [[2 ** 29, 2 ** 29, 1]]])(
    'but an archive that claims to unpack to more than the limit is refused, with the keystore in it: %j',
    async (claims) => {
      const good = { path: 'good.json', content: await readFile(keystore, 'utf8') };
      const claimed = claims.map(
        (bytes, at): ZipEntry => ({ path: `${at}.bin`, content: '{}', announced: { bytes } }),
      );
      await writeFile(join(from, 'k.zip'), zipOf(good, ...claimed));
      await expect(bring({ dryRun: false })).rejects.toMatchObject({ code: 'EPH-KEYS-SOURCE' });
      await expect(bring({ dryRun: false })).rejects.toThrow(/k\.zip: it unpacks to more than 1073741824/);
      expect(await readdir(host.services.paths.keys).catch(() => [])).not.toContain('main');
    },
  );

  it('beside keystores that it takes, with how to bring slashing protection', async () => {
    await copyFile(keystore, join(from, 'k.json'));
    await writeFile(join(from, 'slashing_protection.sqlite'), 'SQLite format 3');
    await writeFile(join(from, 'photo.png'), 'x');
    expect(await bring()).toMatchObject({
      new: [{}],
      passedOver: [
        { path: 'photo.png' },
        { path: 'slashing_protection.sqlite', why: expect.stringMatching(/EIP-3076.*keys protect import/) },
      ],
    });
  });

  it.each(['keystore-1.json', 'k.json', 'k'])('being half of a keystore, as broken: %s', async (name) => {
    const whole = await readFile(keystore, 'utf8');
    await writeFile(join(from, name), whole.slice(0, whole.length / 2));
    expect((await bring()).broken).toMatchObject([
      { path: name, problem: expect.stringContaining('cut short') },
    ]);
  });
});

describe('keystores that no password opens come with a remedy', () => {
  it('for one password, or a folder of them', async () => {
    await copyFile(keystore, join(from, 'k.json'));
    const { broken, remedy } = await bring({ password: new Secret('another') });
    expect(broken).toHaveLength(1);
    expect(remedy).toMatch(/--password-file.*--passwords/);
    expect(remedy).not.toContain('secrets/');
    expect(await bring()).not.toHaveProperty('remedy');
  });

  it('for folders of Lighthouse whose secrets lie beside', async () => {
    const key = (await readdir(join(host.folder, 'made/keys/theirs/keystores')))[0]?.replace('.json', '');
    await mkdir(join(from, `${key}`));
    await rename(keystore, join(from, `${key}`, 'voting-keystore.json'));
    expect((await bring({ password: undefined })).remedy).toContain('--passwords …/secrets');
  });

  it('and a folder of passwords that is not there is told as that', async () => {
    await copyFile(keystore, join(from, 'k.json'));
    await expect(bring({ passwordFolder: 'none' })).rejects.toMatchObject({
      code: 'EPH-KEYS-PASSWORD-FOLDER',
      facts: { folder: join(host.folder, 'none') },
    });
  });
});
