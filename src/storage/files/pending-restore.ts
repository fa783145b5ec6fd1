import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureFolder, syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { rootErrors } from './errors.ts';
import { takeKeyLock } from './key-lock.ts';
import type { RootPaths } from './root-paths.ts';

/** A key set, or the date under which replaced ones are kept. */
const folderName = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** A restore that was decided and proven: what is laid out in `staged` takes the places of what is there. */
export interface PendingRestore {
  /** Key sets, each replaced whole. */
  readonly keySets: readonly string[];
  /** The folder under `backups/replaced/` that the replaced sets are kept in; never removed by us. */
  readonly aside: string;
  /** The configuration goes into the root too, where it has none. */
  readonly config?: boolean;
}

function places({ root }: RootPaths) {
  const folder = join(root, 'backups');
  return {
    journal: join(folder, 'restore.json'),
    staged: join(folder, 'restoring'),
    replaced: join(folder, 'replaced'),
  };
}

/** The folder that a restore lays its content out in, empty. Throws when one is pending. */
export async function beginStaging(paths: RootPaths): Promise<string> {
  const { staged } = places(paths);
  await finishRestore(paths);
  await rm(staged, { recursive: true, force: true });
  await ensureFolder(dirname(staged));
  await mkdir(staged, { mode: 0o700 });
  return staged;
}

/** Forgets what was laid out and not decided; what was decided and met an error is left for the next command. */
export async function dropStaging(paths: RootPaths): Promise<void> {
  const { journal, staged } = places(paths);
  if (!(await isThere(journal))) await rm(staged, { recursive: true, force: true });
}

/** Decides the restore of what is staged: from here on it goes forward only, over kills too. The lock on the keys must be held. */
export async function commitRestore(paths: RootPaths, pending: PendingRestore): Promise<void> {
  const { journal, staged } = places(paths);
  await syncTree(staged);
  await writeFileAtomic(journal, `${JSON.stringify(pending)}\n`);
  await finish(paths, pending);
}

/**
 * Finishes a restore that was decided and then cut short; what was laid out and not decided goes. The root's lock must
 * be held; that of the keys is taken where there is something to finish. Throws EPH-ROOT-LOCKED.
 */
export async function finishRestore(paths: RootPaths): Promise<void> {
  const { journal } = places(paths);
  const pending = await readPending(journal);
  if (pending === undefined) return dropStaging(paths);
  const { mtimeMs } = await stat(journal);
  const lock = await takeKeyLock(paths, 'the rest of a keys restore', Math.floor(mtimeMs));
  try {
    await finish(paths, pending);
  } finally {
    await lock.release();
  }
}

async function finish(paths: RootPaths, pending: PendingRestore): Promise<void> {
  const { journal, staged, replaced } = places(paths);
  await ensureFolder(paths.keys);
  for (const keySet of pending.keySets) {
    await swapIn(
      join(staged, 'keys', keySet),
      join(paths.keys, keySet),
      join(replaced, pending.aside, keySet),
    );
  }
  await addMissing(join(staged, 'nodes'), paths.nodes);
  if (pending.config === true) await addMissing(join(staged, 'config'), paths.root);
  await rm(staged, { recursive: true, force: true });
  await rm(journal, { force: true });
  await syncFolder(dirname(journal));
}

async function readPending(journal: string): Promise<PendingRestore | undefined> {
  let text: string;
  try {
    text = await readFile(journal, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
  const { keySets, aside, config = false } = JSON.parse(text) as PendingRestore;
  for (const name of [...keySets, aside]) {
    const reason = `it names ${name}, which is no folder of ours`;
    if (!folderName.test(name)) throw rootErrors.create('EPH-ROOT-LAYOUT-INVALID', { file: journal, reason });
  }
  return { keySets, aside, config };
}

/** What is not staged any more has been swapped already. The old folder is moved away first and never removed. */
async function swapIn(staged: string, place: string, aside: string): Promise<void> {
  if (!(await isThere(staged))) return;
  if (await isThere(place)) {
    await ensureFolder(dirname(aside));
    await rename(place, aside);
    await syncFolder(dirname(aside));
  }
  await rename(staged, place);
  await syncFolder(dirname(place));
}

/** A database and its journals are one thing: an old journal beside a newer database would take back what was signed. */
const wholes = /^[^/]+\/(?:identity\/[^/]+|protection\/[^/]+\/[^/]+)$/;

/** Moves what is not there yet, folder by folder: an identity or a protection store that is there is newer. */
async function addMissing(from: string, to: string, path = ''): Promise<void> {
  if (!(await isThere(from))) return;
  await ensureFolder(to);
  for (const name of await readdir(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    const inside = path === '' ? name : `${path}/${name}`;
    if (!(await isThere(target))) await rename(source, target);
    else if (wholes.test(inside)) continue;
    else if ((await stat(source)).isDirectory() && (await stat(target)).isDirectory())
      await addMissing(source, target, inside);
  }
  await syncFolder(to);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await syncTree(join(folder, entry.name));
  }
  await syncFolder(folder);
}
