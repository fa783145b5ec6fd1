import { randomBytes } from 'node:crypto';
import { lstat, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../base/atomic-files.ts';
import { makeFolders } from '../base/make-folders.ts';
import type { BuiltRelease } from './build-release.ts';
import { genesisErrors } from './errors.ts';

/**
 * Writes a release into a new folder: the layout of network-config.tar.gz, and both archives beside it.
 * The folder appears whole or not at all. Throws EPH-GENESIS-OUTPUT-EXISTS, and the signal's reason once
 * it is aborted.
 */
export async function writeRelease(
  release: BuiltRelease,
  directory: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<void> {
  if (await isThere(directory)) throw genesisErrors.create('EPH-GENESIS-OUTPUT-EXISTS', { directory });
  const temporary = `${directory.replace(/\/+$/, '')}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    for (const [path, content] of [...release.files, ...release.archives]) {
      options.signal?.throwIfAborted();
      await makeFolders(dirname(join(temporary, path)));
      await writeFile(join(temporary, path), content, { flush: true });
    }
    options.signal?.throwIfAborted();
    await rename(temporary, directory);
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true });
    throw cause;
  }
  await syncFolder(dirname(directory));
}

async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}
