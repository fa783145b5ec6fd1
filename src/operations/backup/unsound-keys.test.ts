import { copyFile, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import { x as extract } from 'tar';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { keySetPaths, keystoreFile, secretFile } from '../../core/keys/key-set-paths.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import { importKeys } from '../keys/import-keys.ts';

let host: BackupHost;
let key: PublicKey;
let other: PublicKey;
beforeEach(async () => {
  host = await backupHost();
  [key = '0x', other = '0x'] = await writeKeySet(host.paths.root, 'main', [1, 2]);
});
afterEach(() => host.remove());

const paths = () => keySetPaths(host.paths.keys, 'main');

it.each<[string, () => Promise<unknown>, string]>([
  ['whose keystore is junk', () => writeFile(keystoreFile(paths(), key), 'junk'), 'it is not JSON'],
  ['whose keystore is cut short', () => truncate(keystoreFile(paths(), key), 90), 'damaged'],
  ['whose password is gone', () => rm(secretFile(paths(), key)), 'does not lie beside it'],
  ['whose password is empty', () => truncate(secretFile(paths(), key)), 'is empty'],
])('a key %s is not counted as one that a backup has', async (_, damage, reason) => {
  expect(await host.make()).not.toHaveProperty('unsound');
  await damage();
  const made = await host.make();
  expect(made.keys).toEqual({ main: 1 });
  expect(made.unsound).toEqual([{ keySet: 'main', key, reason: expect.stringContaining(reason) }]);
});

it('a drill says of a password that is gone what a backup says', async () => {
  await rm(secretFile(paths(), key));
  await host.make();
  await expect(host.drill()).rejects.toMatchObject({
    code: 'EPH-BACKUP-KEY-UNPROVEN',
    facts: { key, reason: 'its password does not lie beside it' },
  });
});

it('a password that does not open its keystore is found by a drill alone', async () => {
  await writeFile(secretFile(paths(), key), 'password of 2');
  expect(await host.make()).not.toHaveProperty('unsound');
  await expect(host.drill()).rejects.toMatchObject({ code: 'EPH-BACKUP-KEY-UNPROVEN', facts: { key } });
});

it('a restore with a key that does not open replaces nothing, whatever else it could bring', async () => {
  const whole = await readFile(secretFile(paths(), key), 'utf8');
  await writeFile(secretFile(paths(), key), 'password of 2');
  await host.make();
  await writeFile(secretFile(paths(), key), whole);
  const before = [keystoreFile(paths(), key), secretFile(paths(), key), keystoreFile(paths(), other)];
  const inodes = () => Promise.all(before.map(async (file) => (await stat(file)).ino));
  const here = await inodes();
  await expect(host.restore()).rejects.toMatchObject({ code: 'EPH-BACKUP-KEY-UNPROVEN', facts: { key } });
  expect(await inodes()).toEqual(here);
  expect(await readFile(secretFile(paths(), key), 'utf8')).toBe(whole);
});

it('what can be restored of it no more is imported from it, with nothing of ours to open it', async () => {
  await rm(secretFile(paths(), key));
  const { name } = await host.make();
  await rm(join(host.paths.keys, 'main'), { recursive: true });
  const opener = new Decrypter();
  opener.addIdentity(host.key.identities.reveal().trim());
  const into = join(host.folder, 'opened');
  await mkdir(into);
  await writeFile(`${into}.tar`, await opener.decrypt(await readFile(join(host.target, name))));
  await extract({ file: `${into}.tar`, cwd: into });
  const wish = { from: join(into, 'keys/main'), keySet: 'main', dryRun: false, backup: { noBackup: true } };
  const watch = { signal: new AbortController().signal, onProgress: () => undefined };
  const { new: taken, broken } = await importKeys(host.services, wish, watch);
  expect(taken.map(({ pubkey }) => pubkey)).toEqual([other]);
  expect(broken).toMatchObject([{ path: `keystores/${key}.json` }]);
});

it('a keystore of another key is told as that', async () => {
  await copyFile(keystoreFile(paths(), other), keystoreFile(paths(), key));
  const made = await host.make();
  expect(made.unsound).toEqual([{ keySet: 'main', key, reason: `it is the keystore of ${other}` }]);
});

it('a keystore that opens to another key is neither drilled nor restored, whatever it says of itself', async () => {
  const liar = JSON.parse(await readFile(keystoreFile(paths(), other), 'utf8'));
  await writeFile(keystoreFile(paths(), key), JSON.stringify({ ...liar, pubkey: key.slice(2) }));
  await copyFile(secretFile(paths(), other), secretFile(paths(), key));
  await host.make();
  const facts = { key, reason: `it is the keystore of ${other}` };
  await expect(host.drill()).rejects.toMatchObject({ code: 'EPH-BACKUP-KEY-UNPROVEN', facts });
  await expect(host.restore()).rejects.toMatchObject({ code: 'EPH-BACKUP-KEY-UNPROVEN', facts });
});

it('the older backup, which has the key whole, stays whatever the retention says', async () => {
  const keep = { count: 1, ageMs: 0 };
  await host.make();
  await rm(secretFile(paths(), key));
  host.clock.jump(1_000);
  await host.make({ keep });
  expect(await readdir(host.target)).toHaveLength(2);
  await writeFile(secretFile(paths(), key), 'password of 1');
  host.clock.jump(1_000);
  await host.make({ keep });
  expect(await readdir(host.target)).toHaveLength(1);
});

it('a backup where there is no root yet is told as one of nothing', async () => {
  await rm(host.paths.root, { recursive: true });
  await expect(host.make()).rejects.toMatchObject({ code: 'EPH-BACKUP-EMPTY' });
  expect(await readdir(host.folder)).not.toContain('root');
});
