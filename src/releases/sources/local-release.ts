import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { fileSha256 } from '../../base/file-sha256.ts';
import { copyReleaseFolder } from '../archive/copy-folder.ts';
import { normaliseLayout } from '../archive/layout.ts';
import { unpackArchive } from '../archive/unpack.ts';
import { releaseErrors } from '../errors.ts';

/** The archives of a release in the order in which they are preferred. */
export const releaseArchives = ['network-config.tar.gz', 'testnet-all.tar.gz'] as const;

/**
 * Brings a release that lies on this host into an empty folder, in the network-config layout. `path` is an
 * archive, a folder that holds one of the published archives, or a folder of files in either layout.
 * Throws release errors.
 */
export async function readLocalRelease(
  path: string,
  folder: string,
  signal?: AbortSignal,
): Promise<{ readonly archiveSha256?: string }> {
  const archive = await archiveAt(path);
  if (archive === undefined) await copyReleaseFolder(path, folder);
  else await unpackArchive(archive, folder, signal === undefined ? {} : { signal });
  await normaliseLayout(folder);
  return archive === undefined ? {} : { archiveSha256: await fileSha256(archive) };
}

async function archiveAt(path: string): Promise<string | undefined> {
  const found = await stat(path).catch((cause: unknown) => {
    throw releaseErrors.create('EPH-RELEASES-FOLDER', { folder: path, problem: messageOf(cause) }, cause);
  });
  if (found.isFile()) return path;
  for (const name of releaseArchives) {
    const inside = await stat(join(path, name)).catch(() => undefined);
    if (inside?.isFile() === true && basename(path) !== name) return join(path, name);
  }
  return undefined;
}
