import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { identityName, type NetworkIdentity } from '../../core/network/identity.ts';
import { FileNodeStore } from './node-store.ts';
import { rootPaths } from './root-paths.ts';

const identity: NetworkIdentity = {
  iteration: 7,
  chainId: 1007,
  genesisValidatorsRoot: `0x${'ab'.repeat(32)}`,
  executionGenesisHash: `0x${'cd'.repeat(32)}`,
  genesisTimeSeconds: 1_700_000_060,
};
const folder = identityName(identity);
const place = { folder, client: 'execution.geth' };
const files = [{ name: 'geth.nodekey', dataPath: 'geth/nodekey' }];
const firstStore = { genesisValidatorsRoot: identity.genesisValidatorsRoot, client: 'lighthouse', number: 1 };
const noMerge = async () => undefined;

let root: string;
let node: string;
let store: FileNodeStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ephemery-node-'));
  node = join(root, 'nodes', 'home');
  store = new FileNodeStore(rootPaths(root), 'home');
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function finished(at = place): Promise<void> {
  await store.beginClient(at, { identity, identityFiles: files });
  await store.finishClient(at);
}

describe('chain folders on disk', () => {
  it('hold a client only once it is finished', async () => {
    const path = await store.beginClient(place, { identity, identityFiles: files });
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    expect(await store.chains()).toEqual([{ name: folder, identity, clients: [] }]);
    await store.finishClient(place);
    expect(await store.chains()).toEqual([{ name: folder, identity, clients: ['execution.geth'] }]);
    expect(await readdir(store.clientPath(place))).toEqual([]);
  });

  it('are begun again after a kill, whatever lay about', async () => {
    const path = await store.beginClient(place, { identity, identityFiles: files });
    await writeFile(join(path, 'half'), '');
    await store.beginClient(place, { identity, identityFiles: files });
    expect(await readdir(path)).toEqual([]);
    await rm(join(node, 'chains', folder, 'network.json'));
    await rm(path, { recursive: true });
    await finished();
    expect(await store.chains()).toHaveLength(1);
  });

  it("are not made in somebody else's folder", async () => {
    await mkdir(join(node, 'chains', folder), { recursive: true });
    await writeFile(join(node, 'chains', folder, 'precious'), '');
    await expect(finished()).rejects.toMatchObject({ code: 'EPH-STORE-CHAIN-FOREIGN' });
    expect(await readdir(join(node, 'chains', folder))).toEqual(['precious']);
  });

  it.each(['{', '{}', `{"iteration":1e999}`, 'x'.repeat(9000)])(
    'are none of ours with the marker %.12s',
    async (text) => {
      await finished();
      await writeFile(join(node, 'chains', folder, 'network.json'), text);
      expect(await store.chains()).toEqual([]);
    },
  );

  it('are removed whole, also when a kill came in between', async () => {
    await finished();
    await mkdir(join(node, 'chains', `.removing-${folder}`, 'left'), { recursive: true });
    await store.removeChain(folder);
    await store.removeChain(folder);
    expect(await readdir(join(node, 'chains'))).toEqual([]);
  });

  it('that are half removed are known, and their end touches no other', async () => {
    await finished();
    await mkdir(join(node, 'chains', `.removing-${folder}`, 'left'), { recursive: true });
    await mkdir(join(node, 'chains', '.removing-something-else'));
    expect(await store.halfRemovedChains()).toEqual([folder]);
    await store.finishRemovals();
    expect(await store.halfRemovedChains()).toEqual([]);
    expect((await readdir(join(node, 'chains'))).toSorted()).toEqual(['.removing-something-else', folder]);
    expect(await store.chains()).toHaveLength(1);
  });

  it.each(['..', '../keys', '', 'a', '7-0000000g', '7-00000000/..'])(
    'are never removed by the name "%s"',
    async (name) => {
      await expect(store.removeChain(name)).rejects.toMatchObject({ code: 'EPH-STORE-CHAIN-NAME' });
    },
  );

  it('are never removed through a link', async () => {
    await mkdir(join(root, 'elsewhere'));
    await mkdir(join(node, 'chains'), { recursive: true });
    await symlink(join(root, 'elsewhere'), join(node, 'chains', folder));
    await expect(store.removeChain(folder)).rejects.toMatchObject({ code: 'EPH-STORE-CHAIN-FOREIGN' });
    expect(await readdir(root)).toContain('elsewhere');
  });
});

describe('node identity on disk', () => {
  it('is harvested once and copied into the next chain', async () => {
    await finished();
    await mkdir(join(store.clientPath(place), 'geth'));
    await writeFile(join(store.clientPath(place), 'geth/nodekey'), 'first');
    await store.harvestIdentity(place, files);
    await writeFile(join(store.clientPath(place), 'geth/nodekey'), 'second');
    await store.harvestIdentity(place, files);
    const next = { ...place, folder: `${folder}-2` };
    await finished(next);
    expect(await readFile(join(store.clientPath(next), 'geth/nodekey'), 'utf8')).toBe('first');
  });

  it('is not taken while its client has not written it', async () => {
    await finished();
    await mkdir(join(store.clientPath(place), 'geth'));
    await writeFile(join(store.clientPath(place), 'geth/nodekey'), '');
    await store.harvestIdentity(place, files);
    expect(await readdir(await store.identityPath())).toEqual([]);
  });

  it('is not taken from a link that a client left', async () => {
    await finished();
    await mkdir(join(store.clientPath(place), 'geth'));
    await writeFile(join(root, 'secret'), 'x');
    await symlink(join(root, 'secret'), join(store.clientPath(place), 'geth/nodekey'));
    await store.harvestIdentity(place, files);
    expect(await readdir(await store.identityPath())).toEqual([]);
  });
});

describe('slashing protection on disk', () => {
  it('take what a user told the client along to another network, and nothing else', async () => {
    await store.openProtection(firstStore, noMerge);
    const first = store.protectionPath(firstStore);
    await writeFile(join(first, 'settings.json'), '{"a":1}');
    await writeFile(join(first, 'signed.db'), 'signed');
    await writeFile(join(root, 'secret'), 'of somebody else');
    await symlink(join(root, 'secret'), join(first, 'linked'));
    const next = { ...firstStore, genesisValidatorsRoot: `0x${'12'.repeat(32)}` };
    const kept = { folder: 'abababab/lighthouse-1', names: ['settings.json', 'linked', 'never-written'] };
    await store.openProtection(next, noMerge, kept);
    const path = store.protectionPath(next);
    expect((await readdir(path)).sort()).toEqual(['settings.json', 'store.json']);
    expect(await readFile(join(path, 'settings.json'), 'utf8')).toBe('{"a":1}');
    expect((await stat(join(path, 'settings.json'))).mode & 0o777).toBe(0o600);
  });

  it('exists only with the history of the earlier stores of its root in it', async () => {
    await store.openProtection(firstStore, noMerge);
    const next = { ...firstStore, client: 'teku', number: 2 };
    const fails = () => Promise.reject(new Error('no room'));
    await expect(store.openProtection(next, fails)).rejects.toThrow('no room');
    expect(await store.protection()).toEqual({ stores: [firstStore], damaged: [] });
    const merged: unknown[] = [];
    await store.openProtection(next, async (earlier, into) => {
      merged.push(earlier);
      await writeFile(join(into, 'interchange'), 'all');
    });
    expect(merged).toEqual([[firstStore]]);
    expect(await readFile(join(store.protectionPath(next), 'interchange'), 'utf8')).toBe('all');
    expect(await store.protection()).toEqual({ stores: [firstStore, next], damaged: [] });
  });

  it.each([
    ['absent', undefined],
    ['torn', '{"genesisValidatorsRoot":"0x'],
    ['of another form', '{"number":1}'],
    ['of another store', JSON.stringify({ ...firstStore, number: 2 })],
  ])('with a marker that is %s is damaged, and no other store is opened beside it', async (_, text) => {
    await store.openProtection(firstStore, noMerge);
    const marker = join(store.protectionPath(firstStore), 'store.json');
    if (text === undefined) await rm(marker);
    else await writeFile(marker, text);
    const found = await store.protection();
    expect(found.stores).toEqual([]);
    expect(found.damaged).toMatchObject([{ folder: 'abababab/lighthouse-1', number: 1 }]);
    const next = { ...firstStore, client: 'teku', number: 2 };
    await expect(store.openProtection(next, noMerge)).rejects.toMatchObject({
      code: 'EPH-STORE-PROTECTION-DAMAGED',
    });
    expect(await readdir(join(node, 'protection', 'abababab'))).toEqual(['lighthouse-1']);
    const other = { ...firstStore, genesisValidatorsRoot: `0x${'12'.repeat(32)}` };
    await store.openProtection(other, noMerge);
    expect((await store.protection()).stores).toEqual([other]);
  });

  it('ignores what is no store: an unfinished one, a file of the system', async () => {
    await store.openProtection(firstStore, noMerge);
    await mkdir(join(node, 'protection', 'abababab', 'teku-2.opening'));
    await writeFile(join(node, 'protection', '.DS_Store'), '');
    expect(await store.protection()).toEqual({ stores: [firstStore], damaged: [] });
  });

  it('is opened once', async () => {
    await store.openProtection(firstStore, noMerge);
    await writeFile(join(store.protectionPath(firstStore), 'signed'), 'x');
    await store.openProtection(firstStore, noMerge);
    expect(await readdir(store.protectionPath(firstStore))).toContain('signed');
  });

  it('of another root under the same eight digits is not taken for ours', async () => {
    const twin = { ...firstStore, genesisValidatorsRoot: `${identity.genesisValidatorsRoot.slice(0, 64)}00` };
    await store.openProtection(firstStore, noMerge);
    await expect(store.openProtection(twin, noMerge)).rejects.toMatchObject({
      code: 'EPH-STORE-PROTECTION-FOREIGN',
    });
  });
});

describe('the rest of a node on disk', () => {
  it('makes one secret, for our user alone', async () => {
    const path = await store.jwtPath();
    const secret = await readFile(path, 'utf8');
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await readFile(await store.jwtPath(), 'utf8')).toBe(secret);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('appends to the journal and replaces it', async () => {
    expect(await store.readJournal()).toBe('');
    await store.appendJournal('one');
    await appendFile(join(node, 'journal.ndjson'), 'tor');
    expect(await store.readJournal()).toBe('one\ntor');
    await store.replaceJournal('one\n');
    await store.appendJournal('two');
    expect(await store.readJournal()).toBe('one\ntwo\n');
  });

  it('takes stock of keys, the same by number and by hash until one changes', async () => {
    const folder = join(store.keySetPath('main'), 'keystores');
    await mkdir(folder, { recursive: true });
    const write = (n: number, content?: string) => {
      const key = `0xa${n.toString(16).padStart(95, '0')}`;
      return writeFile(join(folder, `${key}.json`), content ?? JSON.stringify({ pubkey: key.slice(2) }));
    };
    await write(1);
    await write(2);
    await writeFile(join(folder, 'notes.txt'), 'not counted');
    const two = await store.keys(['main']);
    expect(two).toMatchObject({ count: 2, keys: ['a000000000000000', 'a000000000000000'] });
    await rm(join(folder, `0xa${'2'.padStart(95, '0')}.json`));
    await write(3);
    const other = await store.keys(['main']);
    expect(other.count).toBe(2);
    expect(other.fingerprint).not.toBe(two.fingerprint);
    await write(4, '{}');
    await expect(store.keys(['main'])).rejects.toMatchObject({ code: 'EPH-STORE-KEYSTORE-INVALID' });
    await expect(store.keys(['absent'])).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('sees the mark of a wrapper that resets a directory by itself', async () => {
    await finished();
    const path = store.clientPath(place);
    expect(await store.otherManager(path)).toBeUndefined();
    await writeFile(join(path, 'ephemery.vars'), 'EPD_ITERATION=7');
    expect(await store.otherManager(path)).toBe(join(path, 'ephemery.vars'));
  });

  it('keeps ports and refuses what are none', async () => {
    expect(await store.readPorts()).toBeUndefined();
    await store.writePorts({ 'execution.rpc': 8545 });
    expect(await store.readPorts()).toEqual({ 'execution.rpc': 8545 });
    await writeFile(join(node, 'ports.json'), '{"rpc":70000}');
    await expect(store.readPorts()).rejects.toMatchObject({ code: 'EPH-STORE-PORTS-INVALID' });
  });

  it('knows how much room there is', async () => {
    expect(await store.freeBytes()).toBeGreaterThan(0);
  });
});
