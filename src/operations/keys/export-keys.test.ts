import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { remoteKeysText } from '../../core/keys/remote-keys.ts';
import { exportKeys } from './export-keys.ts';

let host: BackupHost;
beforeEach(async () => {
  host = await backupHost();
});
afterEach(() => host.remove());

const wish = { choice: { keys: [] }, out: 'parent/out', layout: 'eip2335' } as const;
const copied = () => exportKeys({ ...host.services, clients: [] }, wish, new AbortController().signal);

it('makes nothing where there are no keys, and says so', async () => {
  const before = await readdir(host.folder);
  await expect(copied()).rejects.toMatchObject({ code: 'EPH-KEYS-NONE', facts: { withSigner: 0 } });
  expect(await readdir(host.folder)).toEqual(before);
});

it('says of keys that only a signer has that they are not here', async () => {
  const [key] = await writeKeySet(host.folder, 'theirs', [1]);
  await mkdir(join(host.paths.keys, 'main'), { recursive: true });
  const text = remoteKeysText(key === undefined ? [] : [key]);
  await writeFile(join(host.paths.keys, 'main', 'remote-keys.json'), text);
  await expect(copied()).rejects.toMatchObject({ code: 'EPH-KEYS-NONE', facts: { withSigner: 1 } });
});

it('copies out what is there', async () => {
  const [key] = await writeKeySet(host.paths.root, 'main', [1]);
  expect(await copied()).toMatchObject({ keys: [key] });
  expect(await readdir(join(host.folder, 'parent/out'))).toHaveLength(2);
});

it('a place in a file is told as one that cannot be written', async () => {
  await writeKeySet(host.paths.root, 'main', [1]);
  await writeFile(join(host.folder, 'parent'), '');
  await expect(copied()).rejects.toMatchObject({ code: 'EPH-KEYS-OUTPUT-UNWRITABLE' });
});
