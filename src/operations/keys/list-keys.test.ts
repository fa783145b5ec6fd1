import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { listKeys } from './list-keys.ts';

it('lists keys of a local network that was never made, and says that it begins with up', async () => {
  const host = await backupHost();
  onTestFinished(() => host.remove());
  const node = '{ network: devnet, execution: { client: ethereumjs }, consensus: { client: mayfly } }';
  await writeFile(join(host.folder, 'ephemery.yaml'), `version: 1\nnodes: { home: ${node} }\n`);
  const [pubkey] = await writeKeySet(host.paths.root, 'main', [1]);
  expect(await listKeys(host.services, { keys: [] })).toEqual({
    network: 'devnet',
    keys: [
      {
        keySet: 'main',
        pubkey,
        held: 'local',
        nextGenesis: { included: 'unknown' },
        thisGenesis: { included: 'unknown' },
        messages: [],
      },
    ],
    notes: ['Genesis and state: the network devnet begins with the first `ephemery up`.'],
  });
});
