import { lstat, mkdtemp, rmdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ensureFolder } from '../../base/atomic-files.ts';
import { messageOf } from '../../base/errors.ts';
import type { HostFacts } from '../services.ts';
import { keyUseErrors } from './errors.ts';

/** The absolute path of something to be written, which must not be there yet. Throws EPH-KEYS-OUTPUT-EXISTS. */
export async function newPath(host: HostFacts, given: string): Promise<string> {
  const path = resolve(host.workingDirectory, given);
  if (await isThere(path).catch(() => false)) throw keyUseErrors.create('EPH-KEYS-OUTPUT-EXISTS', { path });
  return path;
}

/**
 * The same, and its folder is there and takes something: what takes minutes to make is then not lost at its end. Throws
 * EPH-KEYS-OUTPUT-EXISTS and EPH-KEYS-OUTPUT-UNWRITABLE.
 */
export async function writablePath(host: HostFacts, given: string): Promise<string> {
  const path = await newPath(host, given);
  const folder = dirname(path);
  try {
    await ensureFolder(folder);
    // Permissions do not tell of a file system that is read-only.
    await rmdir(await mkdtemp(join(folder, `.${basename(path)}-`)));
  } catch (cause) {
    throw keyUseErrors.create('EPH-KEYS-OUTPUT-UNWRITABLE', { path, reason: messageOf(cause) }, cause);
  }
  return path;
}

/** Throws the system's error when that cannot be told. */
export function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause;
      return false;
    },
  );
}
