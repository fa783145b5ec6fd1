import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { treeOf } from '../../../test/support/file-tree.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { newIdentity } from '../../backup/lock.ts';
import { claimKeys } from '../validators/claim-keys.ts';
import { backUpBefore } from './backup-before.ts';

const places = ['one', 'two'];

let host: BackupHost;
let at: (place: string) => string;
beforeEach(async () => {
  host = await backupHost();
  at = (place) => join(host.folder, place);
  const { recipient } = await newIdentity();
  const targets = places.map((path) => ({ kind: 'directory', path }));
  const config = { version: 1, nodes: {}, backup: { targets, recipients: [recipient] } };
  await writeFile(at('ephemery.yaml'), JSON.stringify(config));
  await writeKeySet(host.paths.root, 'main', [1]);
});
afterEach(() => host.remove());

const backup = (noBackup = false) => backUpBefore(host.services, { purpose: 'keys import', noBackup });

describe('the backup before keys are touched', () => {
  it('is in every target, and is named', async () => {
    const name = await backup();
    expect(await Promise.all(places.map((place) => readdir(at(place))))).toEqual([[name], [name]]);
  });

  it.each(places)('that misses the target %s keeps the work from beginning', async (place) => {
    // No folder can be made where a file is.
    await writeFile(at(place), 'in the way');
    await expect(backup()).rejects.toMatchObject({
      code: 'EPH-BACKUP-BEFORE',
      facts: { purpose: 'keys import', code: 'EPH-BACKUP-TARGET', reason: expect.stringContaining(place) },
      remedy: expect.stringContaining('--no-backup'),
    });
    const tree = await treeOf(join(host.paths.root, 'keys'));
    await expect(claimKeys(host.services, undefined, { noBackup: false })).rejects.toMatchObject({
      code: 'EPH-BACKUP-BEFORE',
    });
    expect(await treeOf(join(host.paths.root, 'keys'))).toEqual(tree);
    expect(await backup(true)).toBeUndefined();
  });

  it('that cannot be made for any other reason does so too', async () => {
    const bytes = () => {
      throw new RangeError('no random');
    };
    const services = { ...host.services, random: { ...host.services.random, bytes } };
    await expect(backUpBefore(services, { purpose: 'keys new', noBackup: false })).rejects.toMatchObject({
      code: 'EPH-BACKUP-BEFORE',
      facts: { code: 'EPH-BACKUP-FAILED', reason: 'no random' },
    });
  });

  it('gives way to an interruption, which is no failure of it', async () => {
    const reason = new Error('Ctrl-C');
    const watch = { signal: AbortSignal.abort(reason) };
    await expect(backUpBefore(host.services, { purpose: 'keys new', noBackup: false }, watch)).rejects.toBe(
      reason,
    );
  });

  it('is none before the first key', async () => {
    await rm(join(host.paths.root, 'keys'), { recursive: true });
    await mkdir(join(host.paths.root, 'keys'));
    expect(await backup()).toBeUndefined();
  });
});
