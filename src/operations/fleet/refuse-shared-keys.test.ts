import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PublicKey, publicKeyOf } from '../../core/keys/public-key.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import { refuseSharedKeys } from './refuse-shared-keys.ts';

const [a, b] = [1, 2].map((n) => publicKeyOf(new Uint8Array(48).fill(n).fill(0x80, 0, 1))) as [
  PublicKey,
  PublicKey,
];
const config = { keySets: { main: {}, second: {}, empty: {} } };
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shared-keys-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function keystore(keySet: string, name: PublicKey, pubkey = name): Promise<void> {
  const keystores = join(folder, 'keys', keySet, 'keystores');
  await mkdir(keystores, { recursive: true });
  await writeFile(join(keystores, `${name}.json`), JSON.stringify({ pubkey }));
}

const refused = () => refuseSharedKeys(config, new FileNodeStore(rootPaths(folder), 'home'));

describe('a configuration whose key sets', () => {
  it('have each their own keys is taken', async () => {
    await keystore('main', a);
    await keystore('second', b);
    await expect(refused()).resolves.toBeUndefined();
  });

  it('share a key is refused, by what the keystores hold and not by their names', async () => {
    await keystore('main', a);
    await keystore('second', b, a);
    await expect(refused()).rejects.toMatchObject({
      code: 'EPH-FLEET-KEY-IN-TWO-SETS',
      facts: { key: a, keySets: ['main', 'second'] },
    });
  });

  it('share a key that a remote signer has is refused', async () => {
    await keystore('main', a);
    await keystore('second', b);
    await writeFile(join(folder, 'keys', 'second', 'remote-keys.json'), JSON.stringify({ publicKeys: [a] }));
    await expect(refused()).rejects.toMatchObject({ code: 'EPH-FLEET-KEY-IN-TWO-SETS' });
  });
});
