import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { SigningOrders } from '../../storage/files/signing-orders.ts';
import { claimKeys } from './claim-keys.ts';
import { reasonToStop } from './let-go.ts';

let host: BackupHost;
let owners: KeyOwners;
let orders: SigningOrders;
beforeEach(async () => {
  host = await backupHost();
  owners = new KeyOwners(host.paths.keys);
  orders = new SigningOrders(host.paths, 'a');
});
afterEach(() => host.remove());

const claim = () => claimKeys(host.services, undefined, { noBackup: true });
const told = (order: 'run' | 'stop' | 'halt', reason: string) =>
  orders.write({ order, reason, atMs: 1, slashedBefore: [] });

describe('a claim in the middle of a move', () => {
  it.each([
    ['to come', { node: 'a', installation: 'i', movingTo: 'b', moved: 'carried' } as const],
    ['to be let go on', { node: 'b', installation: 'i', handedFrom: 'a' } as const],
  ])('lets the giver go on with its other keys, the hand-over being %s', async (_, owner) => {
    await owners.write('main', owner);
    await told('stop', reasonToStop);
    await claim();
    expect(await owners.read('main')).toBeUndefined();
    expect((await orders.read()).order).toBe('run');
  });

  it.each(['stop', 'halt'] as const)('leaves a %s that somebody said', async (order) => {
    await owners.write('main', { node: 'b', installation: 'i', handedFrom: 'a' });
    await told(order, 'by hand');
    await claim();
    expect(await orders.read()).toMatchObject({ order, reason: 'by hand' });
  });
});

it('a claim leaves whoever had the keys no copies to sign with', async () => {
  const [key] = await writeKeySet(host.paths.root, 'main', [1]);
  const store = new FileNodeStore(host.paths, 'a');
  const opened = { genesisValidatorsRoot: `0x${'ab'.repeat(32)}`, client: 'nimbus', number: 1 };
  await store.openProtection(opened, async () => undefined);
  const copy = join(store.protectionPath(opened), 'validators', `${key}`, 'keystore.json');
  await mkdir(dirname(copy), { recursive: true });
  await writeFile(copy, '{}');
  await owners.write('main', { node: 'a', installation: 'gone' });
  await claim();
  await expect(access(copy)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('a set that is not there is refused, and the installation stays bound as it is', async () => {
  await owners.write('main', { node: 'a', installation: 'gone' });
  const before = await readdir(host.paths.root);
  await expect(claimKeys(host.services, 'typo', { noBackup: true })).rejects.toMatchObject({
    code: 'EPH-KEYS-NO-SET',
    facts: { name: 'typo', sets: ['main'] },
  });
  expect(await readdir(host.paths.root)).toEqual(before);
  expect(await owners.read('main')).toMatchObject({ installation: 'gone' });
});
