import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { publicKeyOf } from '../../core/keys/public-key.ts';
import { remoteKeysText } from '../../core/keys/remote-keys.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import type { MadeBackup } from './make-backup.ts';
import type { RestorePreview } from './restore-backup.ts';

const [a = '0x', b = '0x', c = '0x'] = [1, 2, 3].map((n) =>
  publicKeyOf(new Uint8Array(48).fill(n).fill(0x80, 0, 1)),
);

let host: BackupHost;
let made: MadeBackup;
beforeEach(async () => {
  host = await backupHost();
  await writeKeySet(host.paths.root, 'main', [1]);
  await writeRemote('remote', [a, b]);
  made = await host.make();
});
afterEach(() => host.remove());

const listOf = (keySet: string) => join(host.paths.keys, keySet, 'remote-keys.json');
async function writeRemote(keySet: string, keys: readonly (typeof a)[]): Promise<void> {
  await mkdir(join(dirname(listOf(keySet)), 'keystores'), { recursive: true });
  await writeFile(listOf(keySet), remoteKeysText(keys));
}
const keysOf = (keySet: string) => new FileNodeStore(host.paths, 'home').publicKeys([keySet]);
const previewed = async (more: object = {}) => {
  let seen: RestorePreview | undefined;
  await host.restore({
    ...more,
    decide: async (preview) => {
      seen = preview;
      return false;
    },
  });
  return seen;
};

describe('keys of a remote signer in a backup', () => {
  it('come back, in a set that can be read at once', async () => {
    await rm(join(host.paths.keys, 'remote'), { recursive: true });
    const { keySets, proven } = await host.restore();
    expect(proven).toBe(1);
    expect(keySets.find(({ keySet }) => keySet === 'remote')).toEqual({
      keySet: 'remote',
      added: [a, b],
      same: [],
      lost: [],
      remote: [a, b],
    });
    expect(await keysOf('remote')).toEqual([a, b]);
  });

  it('are counted when it is made, and when it is drilled', async () => {
    expect(made).toMatchObject({ keys: { main: 1 }, remoteKeys: { remote: 2 } });
    expect(await host.drill()).toMatchObject({ proven: 1, remote: 2 });
  });

  it('whose list is damaged make the drill fail', async () => {
    await writeFile(listOf('remote'), 'torn');
    const { name, remoteKeys } = await host.make();
    expect(remoteKeys).toEqual({});
    await expect(host.drill(name)).rejects.toMatchObject({ code: 'EPH-KEYS-REMOTE-LIST' });
  });

  it('come back alone when their set is asked for', async () => {
    await rm(host.paths.keys, { recursive: true });
    await host.restore({ keySets: ['remote'] });
    expect(await keysOf('remote')).toEqual([a, b]);
    await expect(keysOf('main')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('that are only here do not go unless that is said', async () => {
    await writeRemote('remote', [a, b, c]);
    expect(
      (await previewed({ replace: true }))?.keySets.find(({ keySet }) => keySet === 'remote')?.lost,
    ).toEqual([c]);
    await expect(host.restore()).rejects.toMatchObject({
      code: 'EPH-BACKUP-KEYS-LOST',
      facts: { keySet: 'remote', lost: 1 },
    });
    expect(await keysOf('remote')).toEqual([a, b, c]);
  });

  it('are refused where another set has them by now, here or with a signer', async () => {
    await rm(join(host.paths.keys, 'remote'), { recursive: true });
    await writeRemote('other', [b]);
    await expect(host.restore({ keySets: ['remote'] })).rejects.toMatchObject({
      code: 'EPH-BACKUP-KEYS-ELSEWHERE',
      facts: { keySet: 'remote', key: b, holder: 'other' },
    });
  });

  it('mend a list that is damaged; a damaged list of another set ends the restore', async () => {
    await writeFile(listOf('remote'), 'torn');
    await expect(host.restore({ keySets: ['main'] })).rejects.toMatchObject({ code: 'EPH-KEYS-REMOTE-LIST' });
    await host.restore({ keySets: ['remote'] });
    expect(JSON.parse(await readFile(listOf('remote'), 'utf8'))).toEqual({ publicKeys: [a, b] });
  });
});
