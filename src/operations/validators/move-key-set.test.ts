import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { SigningOrders } from '../../storage/files/signing-orders.ts';
import { moveKeySet } from './move-key-set.ts';

const node = (keySets: string) => `
    network: devnet
    execution: { client: ethereumjs }
    consensus: { client: mayfly }
    validator: { client: mayfly, keySets: ${keySets} }
`;
const configured = `version: 1
nodes:
  first:${node('[main]')}  second:${node('[]')}keySets: { main: {} }
`;

let host: BackupHost;
beforeEach(async () => {
  host = await backupHost();
  await writeFile(join(host.folder, 'ephemery.yaml'), configured);
  await writeKeySet(host.paths.root, 'main', [1]);
});
afterEach(() => host.remove());

it.each(['by record', 'by the configuration alone'])(
  'keys that their node has already, %s, are not moved, and nothing is stopped',
  async (how) => {
    const owners = new KeyOwners(host.paths.keys);
    if (how === 'by record') await owners.write('main', { node: 'first', installation: 'i' });
    const before = await owners.read('main');
    const steps: string[] = [];
    const wish = { config: undefined, keySet: 'main', to: 'first', noBackup: false };
    const report = await moveKeySet(host.services, wish, (step) => steps.push(step));
    expect(report).toEqual({ keySet: 'main', from: 'first', to: 'first', moved: false });
    expect([steps, await owners.read('main')]).toEqual([[], before]);
    expect((await new SigningOrders(host.paths, 'first').read()).order).toBe('run');
  },
);
