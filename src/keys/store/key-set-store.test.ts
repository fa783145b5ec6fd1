import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../base/secret.ts';
import { KeySetStore } from './key-set-store.ts';

const keyOf = (n: number) => `0xa${n.toString(16).padStart(95, '0')}` as const;
const newKey = (n: number) => ({
  pubkey: keyOf(n),
  keystore: `{"n":${n}}`,
  password: new Secret(`password ${n}`),
});

let folder: string;
let store: KeySetStore;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'ephemery-keys-')), 'keys');
  store = new KeySetStore(folder);
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

describe('a store of key sets', () => {
  it('is empty before its folder is there', async () => {
    expect(await store.sets()).toEqual([]);
    expect(await store.keys('main')).toEqual([]);
    expect((await store.owners()).size).toBe(0);
  });

  it('gives back what was added, each key from its set', async () => {
    await store.add('main', [newKey(2), newKey(1)]);
    await store.add('other', [newKey(3)]);
    expect(await store.sets()).toEqual(['main', 'other']);
    expect(await store.keys('main')).toEqual([keyOf(1), keyOf(2)]);
    expect([...(await store.owners())]).toEqual([
      [keyOf(1), 'main'],
      [keyOf(2), 'main'],
      [keyOf(3), 'other'],
    ]);
    const { keystore, password } = await store.read('main', keyOf(2));
    expect([keystore, password?.reveal()]).toEqual(['{"n":2}', 'password 2']);
  });

  it('lets nobody else in', async () => {
    await store.add('main', [newKey(1)]);
    const modes = [
      'main',
      'main/keystores',
      'main/secrets',
      `main/keystores/${keyOf(1)}.json`,
      `main/secrets/${keyOf(1)}`,
    ];
    const found = await Promise.all(
      modes.map(async (path) => ((await stat(join(folder, path))).mode & 0o777).toString(8)),
    );
    expect(found).toEqual(['700', '700', '700', '600', '600']);
  });

  it('takes away what a killed import left: a stage, and passwords without a keystore', async () => {
    await store.add('main', [newKey(1)]);
    await mkdir(join(folder, 'main/.staging-0a'));
    await writeFile(join(folder, 'main/secrets', keyOf(7)), 'left behind');
    await writeFile(join(folder, 'main/secrets/notes'), 'not ours');
    await store.add('main', [newKey(2)]);
    expect((await readdir(join(folder, 'main'))).sort()).toEqual(['keystores', 'secrets']);
    expect((await readdir(join(folder, 'main/secrets'))).sort()).toEqual([keyOf(1), keyOf(2), 'notes']);
  });

  it('has no password for a key whose owner keeps it', async () => {
    await store.add('main', [newKey(1)]);
    await rm(join(folder, 'main/secrets', keyOf(1)));
    expect(await store.read('main', keyOf(1))).toEqual({ keystore: '{"n":1}' });
  });
});
