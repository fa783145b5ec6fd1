import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import type { KeySetOwner } from '../../core/keys/ownership.ts';
import { gvr8 } from '../../core/network/identity.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { openLayout, prepareRoot } from '../../storage/files/layout.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import type { EffectiveConfig } from '../services.ts';

const [older, newer] = [`0x01${'0'.repeat(62)}`, `0x02${'0'.repeat(62)}`];
const owner: KeySetOwner = {
  node: 'home',
  installation: 'this one',
  signed: {
    genesisValidatorsRoot: newer,
    iteration: 3,
    keysFingerprint: 'abcd',
    startedAtMs: 5,
    endedAtMs: 9,
    protection: { node: 'home', store: 'toy-1', openedAtMs: 4, writtenAtMs: 8 },
  },
};

let host: BackupHost;
let config: EffectiveConfig;
let before: Record<string, string>;
beforeEach(async () => {
  host = await backupHost();
  const { root } = host.paths;
  await writeKeySet(root, 'main', [1, 2]);
  await writeKeySet(root, 'spare', [3]);
  const owners = new KeyOwners(host.paths.keys);
  await owners.write('main', owner);
  await owners.write('spare', { node: 'second', installation: 'this one' });
  for (const genesisValidatorsRoot of [older, newer]) {
    const store = new FileNodeStore(host.paths, 'home');
    const opened = { genesisValidatorsRoot, client: 'toy', number: 1 };
    await store.openProtection(opened, async (_earlier, into) =>
      writeFile(join(into, 'carried-over.json'), `{"data":[],"of":"${genesisValidatorsRoot}"}`),
    );
    await put(
      `nodes/home/protection/${gvr8(genesisValidatorsRoot)}/toy-1/db/0001.sst`,
      `of ${genesisValidatorsRoot}`,
    );
  }
  await put('nodes/home/identity/execution.geth/nodekey', 'the name among peers');
  await put('nodes/second/identity/enr-key', 'another name');
  await put(`nodes/home/signer-protection/${gvr8(newer)}.json`, '{"data":[1]}');
  await put('nodes/home/signing.json', '{"order":"halt","reason":"slashed","atMs":1,"slashedBefore":[]}');
  await put('nodes/home/validator-programs.json', '{}');
  before = await contents();
  await put('nodes/home/secrets/jwt.hex', 'made again');
  await put('nodes/home/chains/3-aa/execution.geth/data', 'synced again');
  const folder = join(host.folder, 'config');
  await mkdir(folder);
  await writeFile(join(folder, 'ephemery.yaml'), 'version: 1 # mine\n');
  await writeFile(join(folder, 'ephemery.lock'), '{"pinned":true}\n');
  await mkdir(join(folder, 'ephemery.lock.d'));
  await writeFile(join(folder, 'ephemery.lock.d', npmLock), '{"packages":{}}\n');
  config = { file: join(folder, 'ephemery.yaml'), folder } as EffectiveConfig;
  await host.make({ config });
  await rm(root, { recursive: true });
});
afterEach(() => host.remove());

const npmLock = '@scope+client@1.0.0-0123456789ab.json';

async function put(path: string, content: string): Promise<void> {
  const file = join(host.paths.root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

/** Every file of what cannot be made again, by its content. */
async function contents(): Promise<Record<string, string>> {
  const { root } = host.paths;
  const all = await readdir(root, { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const kept = files.filter((file) => /^\/(?:keys|nodes)\//.test(file.slice(root.length)));
  const read = kept.map(async (file) => [file.slice(root.length + 1), await readFile(file, 'utf8')] as const);
  return Object.fromEntries(await Promise.all(read));
}

const ownersOf = (files: Record<string, string>) =>
  Object.keys(files).filter((path) => path.endsWith('owner.json'));

describe('a root that was destroyed', () => {
  it('comes back from its backup whole: keys, secrets, owners, protection of each network, identities, configuration', async () => {
    expect(Object.keys(before)).toHaveLength(19);
    const report = await host.restore({ bringConfig: true });
    expect(report).toMatchObject({
      restored: true,
      proven: 3,
      config: join(host.paths.root, 'ephemery.yaml'),
    });
    const after = await contents();
    expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
    for (const [path, content] of Object.entries(before))
      if (!path.endsWith('owner.json')) expect([path, after[path]]).toEqual([path, content]);
    for (const path of Object.keys(after))
      expect((await stat(join(host.paths.root, path))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(host.paths.root, 'ephemery.yaml'), 'utf8')).toBe('version: 1 # mine\n');
    expect(await readFile(join(host.paths.root, 'ephemery.lock'), 'utf8')).toBe('{"pinned":true}\n');
    expect(await readFile(join(host.paths.root, 'ephemery.lock.d', npmLock), 'utf8')).toBe(
      '{"packages":{}}\n',
    );
  });

  it('has the owners that it had, whose last signing is no reason to sign at once', async () => {
    await host.restore();
    expect(ownersOf(await contents())).toEqual(ownersOf(before));
    const owners = new KeyOwners(host.paths.keys);
    const { signed, ...whose } = (await owners.read('main')) ?? {};
    expect({ ...whose, signed: { ...signed, keysFingerprint: 'abcd' } }).toEqual(owner);
    expect(signed?.keysFingerprint).toBe('restored');
    expect(await owners.read('spare')).toEqual({ node: 'second', installation: 'this one' });
  });

  it('gets no second configuration where one is in effect', async () => {
    expect(await host.restore({ bringConfig: false })).not.toHaveProperty('config');
    expect(await readdir(host.paths.root)).not.toContain('ephemery.yaml');
  });

  it('gets one set and nothing else when that is asked for', async () => {
    await host.restore({ keySets: ['spare'], bringConfig: true });
    const wanted = Object.entries(before).filter(([path]) => path.startsWith('keys/spare/'));
    expect(await contents()).toEqual(Object.fromEntries(wanted));
    expect(await readdir(host.paths.root)).not.toContain('ephemery.yaml');
  });

  it('may be one that was never made: a backup leaves a root that can still be opened', async () => {
    await rm(host.paths.root, { recursive: true, force: true });
    await writeKeySet(host.paths.root, 'main', [1]);
    await host.make();
    await prepareRoot(host.paths);
    await openLayout(host.paths);
    expect(await readdir(host.paths.root)).toContain('layout.json');
  });
});
