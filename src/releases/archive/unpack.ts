import { basename } from 'node:path';
import { ArchiveRefusal } from '../../base/archive/archive-refusal.ts';
import type { ArchiveLimits } from '../../base/archive/limits.ts';
import { unpackTar } from '../../base/archive/unpack-tar.ts';
import { releaseErrors } from '../errors.ts';
import { archiveLimits } from './limits.ts';

/**
 * Unpacks a release's archive into an empty folder: only plain files and folders, with our own permissions, inside
 * the folder, within the limits, each name once. Throws EPH-RELEASES-ARCHIVE for everything else.
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  options: { readonly limits?: ArchiveLimits; readonly signal?: AbortSignal } = {},
): Promise<void> {
  try {
    await unpackTar(archive, folder, { limits: archiveLimits, ...options });
  } catch (thrown) {
    if (!(thrown instanceof ArchiveRefusal)) throw thrown;
    const facts = { archive: basename(archive), problem: thrown.message };
    throw releaseErrors.create('EPH-RELEASES-ARCHIVE', facts, thrown.cause ?? thrown);
  }
}
