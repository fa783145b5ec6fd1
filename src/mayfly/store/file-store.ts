import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import { lockFolder } from '../../base/folder-lock.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { mayflyErrors } from '../errors.ts';
import type { RootHex } from '../types.ts';
import { type ChainLog, openChainLog } from './chain-log.ts';
import { openFileNotes } from './file-notes.ts';
import type { ChainStore, SnapshotName } from './store.ts';

/**
 * Keeps the chain in a folder: `chain.log`, to which blocks and head marks are appended,
 * `states/<slot>-<root>.ssz` and `notes/<name>`. A kill or a power cut at any moment leaves at most a torn end of the log, which
 * the next opening cuts off.
 * @throws EPH-MAYFLY-OTHER-NETWORK, EPH-MAYFLY-IN-USE
 */
export async function openFileStore(directory: string, genesisValidatorsRoot: RootHex): Promise<ChainStore> {
  const states = join(directory, 'states');
  await makeFolders(states, 0o700);
  await claim(directory, genesisValidatorsRoot);
  const lock = await lockFolder(directory);
  if (lock.kind === 'taken') {
    throw mayflyErrors.create('EPH-MAYFLY-IN-USE', { path: directory, pid: lock.pid });
  }
  try {
    const notes = await openFileNotes(join(directory, 'notes'));
    const store = createFileStore(await openChainLog(join(directory, 'chain.log')), states);
    return { ...store, ...notes, close: () => store.close().finally(lock.release) };
  } catch (cause) {
    await lock.release();
    throw cause;
  }
}

function createFileStore(log: ChainLog, states: string): Omit<ChainStore, 'writeNote' | 'readNote'> {
  const pathOf = ({ slot, blockRoot }: SnapshotName) => join(states, `${slot}-${blockRoot}.ssz`);
  return {
    load: async () => ({ blocks: log.blocks, head: log.head, snapshots: await listSnapshots(states, log) }),
    appendBlock: (summary, bytes) => log.appendBlock(summary, bytes),
    markHead: (root) => log.appendHead(root),
    readBlock: (root) => log.readBlock(root),
    forgetBlocks: (roots) => log.forget(roots),
    writeSnapshot: (name, bytes) => writeFileAtomic(pathOf(name), bytes),
    readSnapshot: (name) => readFile(pathOf(name)).catch(() => undefined),
    removeSnapshot: (name) => rm(pathOf(name), { force: true }),
    close: () => log.close(),
  };
}

/** The folder is of one network for ever. */
async function claim(directory: string, expected: RootHex): Promise<void> {
  const path = join(directory, 'network.txt');
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === undefined) return writeFileAtomic(path, `${expected}\n`);
  if (found.trim() !== expected) {
    throw mayflyErrors.create('EPH-MAYFLY-OTHER-NETWORK', { path: directory, found: found.trim(), expected });
  }
}

/** Snapshots whose block is in the log; leftovers of a cut-off tail and half-written files are removed. */
async function listSnapshots(states: string, log: ChainLog): Promise<SnapshotName[]> {
  const names: SnapshotName[] = [];
  for (const file of await readdir(states)) {
    const match = /^(\d+)-(0x[0-9a-f]{64})\.ssz$/.exec(file);
    const blockRoot = match?.[2];
    if (blockRoot !== undefined && log.has(blockRoot)) names.push({ slot: Number(match?.[1]), blockRoot });
    else await rm(join(states, file), { force: true });
  }
  return names;
}
