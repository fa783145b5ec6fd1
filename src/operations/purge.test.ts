import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { bindConfig } from '../storage/files/config-binding.ts';
import { openLayout, prepareRoot } from '../storage/files/layout.ts';
import { takeLock } from '../storage/files/root-lock.ts';
import { rootPaths } from '../storage/files/root-paths.ts';
import { listPurge, purge } from './purge.ts';
import type { Services } from './services.ts';

describe('a purge', () => {
  let base: string;
  let services: Services;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'ephemery-purge-'));
    const paths = rootPaths(join(base, 'root'));
    const host = { env: {}, platform: 'linux', workingDirectory: base, program: [], version: '0' };
    services = {
      paths,
      host,
      clock: systemClock,
      clients: [],
      refusedClients: [],
      runtimeIds: ['process'],
      runtime: async () => ({}),
    } as unknown as Services;
    await prepareRoot(paths);
    await openLayout(paths);
    for (const [file, text] of Object.entries(files)) {
      await mkdir(join(paths.root, file, '..'), { recursive: true });
      await writeFile(join(paths.root, file), text);
    }
  });
  afterEach(() => rm(base, { recursive: true, force: true }));

  const files = {
    'nodes/home/chains/1-aa/execution.x/data': 'chain',
    'nodes/home/identity/node.key': 'identity',
    'nodes/home/secrets/jwt.hex': 'secret',
    'nodes/home/protection/aabbccdd/x-1/db': 'protection',
    'nodes/home/journal.ndjson': 'journal',
    'nodes/home/ports.json': '{}',
    'keys/main/keystore-1.json': 'key',
    'releases/ephemery/1-aa/metadata/genesis.json': 'release',
    'logs/home.execution.log': 'log',
    'ephemery.yaml': 'version: 1',
  };

  async function left(): Promise<string[]> {
    const entries = await readdir(services.paths.root, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(services.paths.root.length + 1))
      .sort();
  }

  it('removes what can be had again, and neither keys nor protection nor identity', async () => {
    await purge(services, {}, await listPurge(services));
    expect(await left()).toEqual([
      'ephemery.yaml',
      'keys/main/keystore-1.json',
      'layout.json',
      'nodes/home/identity/node.key',
      'nodes/home/journal.ndjson',
      'nodes/home/ports.json',
      'nodes/home/protection/aabbccdd/x-1/db',
      'nodes/home/secrets/jwt.hex',
    ]);
  });

  it('shows before what goes, and how much it is', async () => {
    const items = await listPurge(services);
    expect(items.map(({ path, bytes }) => [path.slice(services.paths.root.length + 1), bytes])).toEqual([
      ['nodes/home/chains', 5],
      ['releases', 7],
      ['logs', 3],
    ]);
  });

  it('removes what a runtime has outside the root, when there is something', async () => {
    let names: readonly string[] = ['ephemery-aa.home', 'ephemery-aa.home.execution'];
    const remains = {
      list: async () => names,
      remove: async () => {
        names = [];
      },
    };
    const all = { ...services, runtimeIds: ['process', 'container'] };
    all.runtime = async (id) => ({ ...(id === 'container' ? { remains } : {}) }) as never;
    const items = await listPurge(all);
    expect(items.at(-1)).toMatchObject({ path: 'ephemery-aa.home, ephemery-aa.home.execution', bytes: 0 });
    await purge(all, {}, items);
    expect(names).toEqual([]);
    expect((await listPurge(all)).filter(({ runtime }) => runtime !== undefined)).toEqual([]);
  });

  it('removes read-only releases, and follows no link out of the root', async () => {
    await writeFile(join(base, 'precious'), 'mine');
    await symlink(base, join(services.paths.releases, 'link'));
    await chmod(join(services.paths.releases, 'ephemery/1-aa/metadata'), 0o555);
    await purge(services, {}, await listPurge(services));
    expect(await readdir(services.paths.root)).not.toContain('releases');
    expect(await readdir(base)).toContain('precious');
  });

  it('lets a node of a local network begin anew with the network, by a journal set aside', async () => {
    await rm(join(services.paths.root, 'ephemery.yaml'));
    await bindConfig(services.paths, 'built-in:devnet');
    const artifacts = [{ kind: 'builtin' }];
    const clients = [
      { id: 'ethereumjs', layer: 'execution', ports: [], managedFlags: [], artifacts },
      { id: 'mayfly', layer: 'consensus', ports: [], managedFlags: [], artifacts, followsProducer: true },
    ];
    const all = { ...services, clients } as unknown as Services;
    await purge(all, {}, await listPurge(all));
    expect(await left()).toContain('nodes/home/journal.ndjson.purged');
    expect(await left()).not.toContain('nodes/home/journal.ndjson');
  });

  it('touches nothing while somebody holds the root', async () => {
    const before = await left();
    const items = await listPurge(services);
    const lock = await takeLock(services.paths, 'supervisor', 0);
    await expect(purge(services, {}, items)).rejects.toMatchObject({ code: 'EPH-ROOT-LOCKED' });
    await lock.release();
    expect(await left()).toEqual(before);
  });
});
