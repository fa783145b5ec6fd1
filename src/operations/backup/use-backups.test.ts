import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { backUpNow, drill, knownBackups, makeIdentity, restore } from './use-backups.ts';

let host: BackupHost;
beforeEach(async () => {
  host = await backupHost();
  await writeFile(join(host.folder, 'open'), 'a phrase', { mode: 0o644 });
});
afterEach(() => host.remove());

const run = { signal: new AbortController().signal, onStep: () => undefined };

it.each([
  ['absent', 'there is no such file'],
  ['open', 'others may read it'],
])('what opens or locks a backup is told as what it is when its file is %s', async (name, reason) => {
  const file = join(host.folder, name);
  const folder = 'backups';
  const refused = { code: 'EPH-BACKUP-SECRET-FILE', facts: { file, reason } };
  const phrase = { folder, passphraseFile: name };
  const rest = { replace: false, noBackup: true, decide: async () => true };
  await expect(backUpNow(host.services, phrase, run)).rejects.toMatchObject(refused);
  await expect(drill(host.services, phrase, run)).rejects.toMatchObject(refused);
  await expect(restore(host.services, { ...phrase, ...rest }, run)).rejects.toMatchObject(refused);
  await expect(drill(host.services, { folder, identityFile: name }, run)).rejects.toMatchObject(refused);
});

it('an identity is written over nothing that is there, and not where nothing can be written', async () => {
  const { recipient } = await makeIdentity(host.services, 'kept/identity.txt');
  const kept = join(host.folder, 'kept', 'identity.txt');
  expect(await readFile(kept, 'utf8')).toContain(`# recipient: ${recipient}`);
  await symlink('nowhere', join(host.folder, 'link'));
  for (const file of ['kept/identity.txt', 'kept', 'link'])
    await expect(makeIdentity(host.services, file)).rejects.toMatchObject({
      code: 'EPH-KEYS-OUTPUT-EXISTS',
      facts: { path: join(host.folder, file) },
    });
  await expect(makeIdentity(host.services, 'open/identity.txt')).rejects.toMatchObject({
    code: 'EPH-KEYS-OUTPUT-UNWRITABLE',
  });
  expect(await readFile(kept, 'utf8')).toContain(recipient);
});

it('backups in a folder that is not there are not said to be none', async () => {
  const { signal } = run;
  await expect(knownBackups(host.services, { folder: 'typo' }, signal)).rejects.toMatchObject({
    code: 'EPH-BACKUP-TARGET',
    facts: { reason: 'there is no such folder' },
  });
  await mkdir(join(host.folder, 'there'));
  expect(await knownBackups(host.services, { folder: 'there' }, signal)).toEqual([]);
});
