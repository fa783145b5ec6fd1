import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeIf } from '../../../test/support/describe-if.ts';
import { flushesUnseen, watchFlushes } from '../../../test/support/flushes.ts';
import { ensureFolder } from '../../base/atomic-files.ts';
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

describeIf(flushesUnseen)('what survives a power cut', () => {
  let root: string;
  let node: string;
  let store: FileNodeStore;
  let watched: Awaited<ReturnType<typeof watchFlushes>>;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ephemery-flush-'));
    node = join(root, 'nodes', 'home');
    store = new FileNodeStore(rootPaths(root), 'home');
    watched = await watchFlushes();
  });
  afterEach(async () => {
    watched.stop();
    await rm(root, { recursive: true, force: true });
  });

  /** Flushed in this order, whatever came in between. */
  function expectInOrder(...paths: readonly string[]): void {
    let from = 0;
    for (const path of paths) {
      const at = watched.paths.indexOf(path, from);
      expect(at, `${path} in ${watched.paths.slice(from).join(', ')}`).toBeGreaterThanOrEqual(0);
      from = at + 1;
    }
  }

  it('is every folder that was made, in the one above it', async () => {
    await ensureFolder(join(root, 'a', 'b', 'c'));
    expect(watched.paths).toEqual([join(root, 'a', 'b'), join(root, 'a'), root]);
    await ensureFolder(join(root, 'a', 'b', 'c'));
    expect(watched.paths).toHaveLength(3);
  });

  it('is the first entry of a journal, with the entry of the journal itself', async () => {
    await store.appendJournal('one');
    const journal = join(node, 'journal.ndjson');
    expectInOrder(join(root, 'nodes'), root, journal, node);
    const before = watched.paths.length;
    await store.appendJournal('two');
    expect(watched.paths.slice(before)).toEqual([journal]);
  });

  it('is all of a client’s directory before it counts as complete', async () => {
    const path = await store.beginClient(place, { identity, identityFiles: [] });
    await mkdir(join(path, 'geth', 'chaindata'), { recursive: true });
    await writeFile(join(path, 'geth', 'chaindata', 'CURRENT'), 'x');
    const before = watched.paths.length;
    await store.finishClient(place);
    expect(watched.paths.slice(before)).toEqual([
      join(path, 'geth', 'chaindata', 'CURRENT'),
      join(path, 'geth', 'chaindata'),
      join(path, 'geth'),
      path,
      join(node, 'chains', folder),
    ]);
  });

  it('is all of a store of protection, what was merged into it too, before it is one', async () => {
    const first = { genesisValidatorsRoot: identity.genesisValidatorsRoot, client: 'teku', number: 1 };
    const next = { ...first, client: 'nimbus', number: 2 };
    await store.openProtection(first, async () => undefined);
    const before = watched.paths.length;
    await store.openProtection(next, (_, into) => writeFile(join(into, 'interchange'), 'all'));
    const opening = `${store.protectionPath(next)}.opening`;
    expect(watched.paths.slice(before)).toContain(join(opening, 'interchange'));
    expectInOrder(join(opening, 'interchange'), opening, join(node, 'protection', 'abababab'));
  });
});
