import { cp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { messageOf } from '../../base/errors.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { sweepBackupWork } from './backup-work.ts';
import { rootErrors } from './errors.ts';
import { finishRestore } from './pending-restore.ts';
import type { RootPaths } from './root-paths.ts';

/** A step from one layout to the next. */
export interface LayoutMigration {
  /** The version that it makes of `to - 1`. */
  readonly to: number;
  /** Files and folders that it changes, relative to the root: copied to `backups/` before. */
  readonly touches: readonly string[];
  migrate(root: string): Promise<void>;
}

const layoutMigrations: readonly LayoutMigration[] = [];

const firstVersion = 1;

/**
 * Makes the root or brings it to the layout of this program; the lock must be held.
 * Throws EPH-ROOT-UNUSABLE, -NOT-EMPTY, -LAYOUT-NEWER, -LAYOUT-INVALID.
 */
export async function openLayout(
  paths: RootPaths,
  migrations: readonly LayoutMigration[] = layoutMigrations,
): Promise<void> {
  const known = firstVersion + migrations.length;
  const found = await readLayoutVersion(paths);
  if (found === undefined) {
    await ensureFolder(paths.root);
    await writeVersion(paths, known);
    return;
  }
  checkVersion(paths, { found, known });
  for (const migration of migrations.filter(({ to }) => to > found)) {
    await backUp(paths.root, migration);
    await migration.migrate(paths.root);
    await writeVersion(paths, migration.to);
  }
  await finishRestore(paths);
  await sweepBackupWork(paths);
}

/** For commands that only read: refuses a newer layout, never writes. False when there is no root yet. */
export async function checkLayout(paths: RootPaths): Promise<boolean> {
  const found = await readLayoutVersion(paths);
  if (found !== undefined) checkVersion(paths, { found, known: firstVersion + layoutMigrations.length });
  return found !== undefined;
}

/** Refuses a folder that holds other people's files before anything is written into it. */
export async function prepareRoot(paths: RootPaths): Promise<void> {
  try {
    await ensureFolder(paths.root);
    const names = await readdir(paths.root);
    const foreign = names.filter((name) => !ownNames.has(name) && !halfWritten.test(name));
    if (foreign.length > 0 && !names.includes('layout.json')) {
      throw rootErrors.create('EPH-ROOT-NOT-EMPTY', { root: paths.root });
    }
    await ensureFolder(paths.run);
  } catch (cause) {
    if (!isSystemError(cause)) throw cause;
    throw rootErrors.create('EPH-ROOT-UNUSABLE', { root: paths.root, reason: messageOf(cause) }, cause);
  }
}

/** What may lie in a root that has no layout yet: what it is to run, and the lock of who is about to make it. */
const ownNames = new Set([
  'ephemery.yaml',
  'ephemery.lock',
  'ephemery.lock.d',
  'devnet.json',
  // Made before the first `up`, by commands that need no supervisor or by hand: keys, releases and programs that were
  // fetched, genesis validators of a local network.
  'keys',
  'devnets',
  // Nodes that were told not to sign, or whose keys were moved.
  'nodes',
  'releases',
  'artifacts',
  'run',
  'backups',
  'installation.json',
  'logs',
  '.gitignore',
]);

/** `layout.json` on its way into place: somebody else of ours is making the root at this moment. */
const halfWritten = /^layout\.json\.[0-9a-f]+\.tmp$/;

function checkVersion(paths: RootPaths, { found, known }: { found: number; known: number }): void {
  if (found > known) {
    throw rootErrors.create('EPH-ROOT-LAYOUT-NEWER', { root: paths.root, found, known });
  }
}

async function readLayoutVersion(paths: RootPaths): Promise<number | undefined> {
  let text: string;
  try {
    text = await readFile(paths.layout, 'utf8');
  } catch (cause) {
    if (isSystemError(cause) && cause.code === 'ENOENT') return undefined;
    throw rootErrors.create('EPH-ROOT-UNUSABLE', { root: paths.root, reason: messageOf(cause) }, cause);
  }
  const version = versionIn(text);
  if (version !== undefined) return version;
  const reason = 'it holds no version';
  throw rootErrors.create('EPH-ROOT-LAYOUT-INVALID', { file: paths.layout, reason });
}

function versionIn(text: string): number | undefined {
  try {
    const { version } = JSON.parse(text) as { version?: unknown };
    return Number.isSafeInteger(version) && Number(version) >= firstVersion ? Number(version) : undefined;
  } catch {
    return undefined;
  }
}

function writeVersion(paths: RootPaths, version: number): Promise<void> {
  return writeFileAtomic(paths.layout, `${JSON.stringify({ version })}\n`);
}

/** A copy that is whole or absent, so that a migration that was cut short can begin again from it. */
async function backUp(root: string, { to, touches }: LayoutMigration): Promise<void> {
  const backup = join(root, 'backups', `layout-${to - 1}`);
  const partial = `${backup}.partial`;
  await rm(partial, { recursive: true, force: true });
  await makeFolders(partial, 0o700);
  for (const name of touches) {
    const copy = cp(join(root, name), join(partial, name), { recursive: true, preserveTimestamps: true });
    await copy.catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
    });
  }
  await rm(backup, { recursive: true, force: true });
  await rename(partial, backup);
}

function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'code' in thrown && 'syscall' in thrown;
}
