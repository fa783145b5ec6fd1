import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginStaging, commitRestore } from './pending-restore.ts';
import { type RootPaths, rootPaths } from './root-paths.ts';

let paths: RootPaths;
let staged: string;

beforeEach(async () => {
  paths = rootPaths(await mkdtemp(join(tmpdir(), 'ephemery-restore-')));
  staged = await beginStaging(paths);
});
afterEach(() => rm(paths.root, { recursive: true }));

async function put(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const restore = () => commitRestore(paths, { keySets: [], aside: 'now' });
const contentOf = (path: string) => readFile(join(paths.root, 'nodes', 'home', path), 'utf8');

describe('what a restore brings to a node that is there', () => {
  const store = 'protection/0123abcd/lighthouse-1';

  it('is no file of a store that is newer: an old journal would take back what it knows', async () => {
    await put(join(paths.nodes, 'home'), { [`${store}/db.sqlite`]: 'newer' });
    await put(join(staged, 'nodes', 'home'), {
      [`${store}/db.sqlite`]: 'older',
      [`${store}/db.sqlite-journal`]: 'of the older one',
      'protection/0123abcd/lighthouse-2/db.sqlite': 'lost',
      'protection/4567abcd/prysm-1/validator.db': 'lost too',
    });
    await restore();
    expect(await readdir(join(paths.nodes, 'home', store))).toEqual(['db.sqlite']);
    expect(await contentOf(`${store}/db.sqlite`)).toBe('newer');
    expect(await contentOf('protection/0123abcd/lighthouse-2/db.sqlite')).toBe('lost');
    expect(await contentOf('protection/4567abcd/prysm-1/validator.db')).toBe('lost too');
  });

  it('is each identity that it has not, and none mixed of two', async () => {
    await put(join(paths.nodes, 'home'), { 'identity/execution.geth/nodekey': 'own' });
    await put(join(staged, 'nodes', 'home'), {
      'identity/execution.geth/nodekey': 'older',
      'identity/execution.geth/nodes': 'older',
      'identity/consensus.lighthouse/key': 'lost',
    });
    await restore();
    expect(await readdir(join(paths.nodes, 'home', 'identity', 'execution.geth'))).toEqual(['nodekey']);
    expect(await contentOf('identity/execution.geth/nodekey')).toBe('own');
    expect(await contentOf('identity/consensus.lighthouse/key')).toBe('lost');
  });
});
