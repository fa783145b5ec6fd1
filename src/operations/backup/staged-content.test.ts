import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { lighthouseValidator } from '../../core/clients/validator/lighthouse.ts';
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
