import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolders } from './make-folders.ts';

export interface WriteOptions {
  /** Permission bits; 0o600 unless told, because most of what we write is nobody else's business. */
  readonly mode?: number;
}

/**
 * Replaces a file so that a crash at any moment leaves the old content or the new, never a mix:
 * written beside it, flushed, renamed over it, and the folder flushed.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: WriteOptions = {},
): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const file = await open(temporary, 'wx', options.mode ?? 0o600);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
  await syncFolder(dirname(path));
}

/** Makes the folder and its parents for our user alone; those that it had to make survive a power cut. */
export async function ensureFolder(path: string, mode = 0o700): Promise<string> {
  const first = await makeFolders(path, mode);
  if (first !== undefined) await syncParents(resolve(path), dirname(resolve(first)));
  return path;
}

/** Flushes the entries of all folders above `path` up to `top`. */
async function syncParents(path: string, top: string): Promise<void> {
  for (let folder = dirname(path); folder.startsWith(top); folder = dirname(folder)) {
    await syncFolder(folder).catch((cause: NodeJS.ErrnoException) => {
      // Of somebody else's folder we may only know that ours is in it.
      if (cause.code !== 'EACCES' && cause.code !== 'EPERM') throw cause;
    });
    if (folder === top) return;
  }
}

/** Flushes a folder's entries, so that a rename in it survives a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Flushes every file and folder below `path`, then itself: what is renamed into its place after that is whole. */
export async function syncTree(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) await syncTree(inside);
    // A file is flushed as a folder is; links, sockets and the like have nothing to flush.
    else if (entry.isFile()) await syncFolder(inside);
  }
  await syncFolder(path);
}

/** `join` that refuses to leave `folder`: undefined when `relative` is absolute, climbs out, or is empty. */
export function joinInside(folder: string, relative: string): string | undefined {
  if (relative === '' || relative.startsWith('/') || relative.includes('\0') || relative.includes('\\')) {
    return undefined;
  }
  const parts = relative.split('/').filter((part) => part !== '.' && part !== '');
  if (parts.length === 0 || parts.includes('..')) return undefined;
  return join(folder, ...parts);
}
