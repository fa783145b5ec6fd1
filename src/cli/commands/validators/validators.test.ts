import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../../test/support/backup-host.ts';
import { type CliHost, runCli } from '../../run.ts';
import { validatorCommands } from './validators.ts';

let host: BackupHost;
beforeEach(async () => {
  host = await backupHost();
});
afterEach(() => host.remove());

async function said(line: string): Promise<string> {
  let out = '';
  const write = (more: string) => {
    out += more;
    return true;
  };
  const cli = {
    version: '1.2.3',
    commands: validatorCommands,
    stdout: { write },
    stderr: { write: () => true },
    env: {},
    signal: new AbortController().signal,
    services: async () => ({ ...host.services, runtimeIds: [] }),
  } as unknown as CliHost;
  await runCli(line.split(' '), cli);
  return out;
}

it('a halt where no signer ran says only that none starts', async () => {
  expect(await said('validators halt')).toContain('There is no node here yet.');
  await mkdir(join(host.paths.nodes, 'home'), { recursive: true });
  const shown = await said('validators halt');
  expect(shown).toContain('No signer was running.');
  expect(shown).toContain('None starts until `ephemery validators start`: home.');
});
