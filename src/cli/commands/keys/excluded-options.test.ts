import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../../test/support/backup-host.ts';
import { type CliHost, runCli } from '../../run.ts';
import { keysBackupCommand } from './backup.ts';
import { keysGenesisFileCommand } from './genesis-file.ts';
import { keysNewCommand } from './new.ts';

let host: BackupHost;
beforeEach(async () => {
  host = await backupHost();
  await writeFile(join(host.folder, 'M'), `${'abandon '.repeat(11)}about`);
  await writeFile(join(host.folder, 'P'), 'a password', { mode: 0o600 });
});
afterEach(() => host.remove());

async function said(line: string): Promise<{ code: number; error: string }> {
  let error = '';
  const cli = {
    version: '1.2.3',
    commands: [keysBackupCommand, keysGenesisFileCommand, keysNewCommand],
    stdout: { write: () => true },
    stderr: {
      write: (more: string) => {
        error += more;
        return true;
      },
    },
    env: {},
    signal: new AbortController().signal,
    services: async () => host.services,
  } as unknown as CliHost;
  return { code: await runCli(line.split(' '), cli), error };
}

it.each([
  ['keys new --mnemonic-file M --save-mnemonic F', '--mnemonic-file and --save-mnemonic'],
  ['keys new --mnemonic-file M --words 12', '--mnemonic-file and --words'],
  ['keys new --mnemonic-file M --mnemonic-env NOT_SET', '--mnemonic-file and --mnemonic-env'],
  ['keys new --mnemonic-file M --set other --out O', '--out and --set'],
  ['keys new --mnemonic-file M --deposits D --out O', '--out and --deposits'],
  ['keys new --mnemonic-file M --amount 64', '--withdrawal-address is missing'],
  ['keys new --mnemonic-file M --network nope', '--withdrawal-address is missing'],
  ['keys new --mnemonic-file M --password-file P --password-env P', '--password-file and --password-env'],
  [
    'keys new --mnemonic-file M --passphrase-file P --passphrase-env P',
    '--passphrase-file and --passphrase-env',
  ],
  ['keys backup --folder B --passphrase-file P --recipient age1x', '--passphrase-file and --recipient'],
  ['keys genesis-file --name me --credentials 0x00', '--credentials is "0x00"'],
])('%s is refused, as something of it would be ignored', async (line, problem) => {
  const before = await readdir(host.folder);
  const { code, error } = await said(line);
  expect(error).toContain(problem);
  expect(code).toBe(2);
  expect(await readdir(host.folder)).toEqual(before);
});
