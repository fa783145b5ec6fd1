import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { type GenesisFileWish, genesisFile } from './genesis-file.ts';

const address = '0x4D496CcC28058B1D74B7a19541663E21154f9c84';
const gwei = 1_000_000_000;
let host: BackupHost;
beforeEach(async () => {
  host = await backupHost();
  await writeKeySet(host.paths.root, 'main', [1]);
});
afterEach(() => host.remove());

const made = (more: Partial<GenesisFileWish> = {}, eth = 32) =>
  genesisFile(host.services, {
    choice: { keys: [] },
    name: 'me',
    node: 1,
    deposit: { credentials: '0x01', address, amountGwei: eth * gwei },
    out: 'validators',
    backup: { noBackup: true },
    ...more,
  });

it('a key that stands in another file of the folder is refused, and nothing is written', async () => {
  await made({ node: 2 });
  await writeFile(join(host.folder, 'validators/notes.txt'), 'no file of validators');
  const { lint } = await made();
  expect(lint?.problems).toEqual([expect.stringContaining('stands already in me-node2.txt, line 2')]);
  expect((await readdir(join(host.folder, 'validators'))).sort()).toEqual(['me-node2.txt', 'notes.txt']);
});

it('a folder with files of others takes it', async () => {
  await mkdir(join(host.folder, 'validators'));
  await writeFile(join(host.folder, 'validators/password.txt'), 'a password');
  const { file, lint } = await made();
  expect(lint).toBeUndefined();
  expect(await readFile(file, 'utf8')).toContain(':32000000000');
});

it.each([
  [31, expect.stringContaining('never active')],
  [32, undefined],
])('with %d ETH it is said whether they are ever active', async (eth, warning) => {
  expect((await made({}, eth)).warning).toEqual(warning);
});

it('a place in a file is told as one that cannot be written', async () => {
  await writeFile(join(host.folder, 'F'), '');
  await expect(made({ out: 'F/x' })).rejects.toMatchObject({ code: 'EPH-KEYS-OUTPUT-UNWRITABLE' });
});
