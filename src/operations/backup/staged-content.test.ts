import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { wallet, walletFile } from '../../../test/support/prysm-wallet.ts';
import { lighthouseValidator } from '../../core/clients/validator/lighthouse.ts';
import { prysmValidator } from '../../core/clients/validator/prysm.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { dropCopies } from './staged-content.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'staged-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('stores come back from a backup without keys, and a key that only they have is put aside', async () => {
  const staged = rootPaths(join(folder, 'restoring'));
  const [key] = await writeKeySet(staged.root, 'main', [1]);
  const [other] = await writeKeySet(join(folder, 'elsewhere'), 'theirs', [2]);
  const store = new FileNodeStore(staged, 'home');
  const opened = { genesisValidatorsRoot: `0x${'ab'.repeat(32)}`, client: 'lighthouse', number: 1 };
  await store.openProtection(opened, async () => undefined);
  const data = store.protectionPath(opened);
  const keystore = (of: string | undefined) => join('validators', `${of}`, 'voting-keystore.json');
  for (const file of [keystore(key), keystore(other)]) {
    await mkdir(dirname(join(data, file)), { recursive: true });
    await writeFile(join(data, file), JSON.stringify({ crypto: {}, pubkey: file.split('/')[1] }));
  }
  await dropCopies(rootPaths(join(folder, 'root')), staged.root, [lighthouseValidator]);
  for (const file of [keystore(key), keystore(other)])
    await expect(access(join(data, file))).rejects.toMatchObject({ code: 'ENOENT' });
  await access(join(staged.nodes, 'home', 'found-keys', 'abababab-lighthouse-1', keystore(other)));
});

it.each(['the backup', 'this root'])('a wallet of Prysm is opened with the token of %s', async (whose) => {
  const [staged, here] = [rootPaths(join(folder, 'restoring')), rootPaths(join(folder, 'root'))];
  const [key = ''] = await writeKeySet(staged.root, 'main', [1]);
  const [other = ''] = await writeKeySet(join(folder, 'elsewhere'), 'theirs', [2]);
  const ofToken = new FileNodeStore(whose === 'this root' ? here : staged, 'home');
  const token = (await readFile(await ofToken.keymanagerTokenPath(), 'utf8')).trim();
  const store = new FileNodeStore(staged, 'home');
  const lay = async (number: number, keys: readonly string[]) => {
    const opened = { genesisValidatorsRoot: `0x${'ab'.repeat(32)}`, client: 'prysm', number };
    await store.openProtection(opened, async () => undefined);
    const file = join(store.protectionPath(opened), walletFile);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await wallet(keys, token));
  };
  await lay(1, [key]);
  await lay(2, [key, other]);
  await dropCopies(here, staged.root, [prysmValidator]);
  const found = join(staged.nodes, 'home', 'found-keys');
  expect(await readdir(found)).toEqual(['abababab-prysm-2']);
  expect((await readFile(join(found, 'abababab-prysm-2', 'wallet-password.txt'), 'utf8')).trim()).toBe(token);
});
