import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { fileSha256 } from '../../base/file-sha256.ts';
import { bundleFiles } from '../../core/network/bundle.ts';
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

/**
 * Every form in which a folder holds the whole release, in the order in which they are preferred: published archives,
 * and unpacked files. For an archive, and for a folder with one form alone, that one.
 */
export async function localForms(path: string): Promise<readonly LocalForm[]> {
  const forms: LocalForm[] = [];
  for (const name of releaseArchives)
    if (await isFile(join(path, name))) forms.push({ name, path: join(path, name) });
  if (forms.length === 0) return [{ name: basename(path), path }];
  // Single files beside the archives, as a host publishes them, are no whole release.
  if (await isFile(join(path, bundleFiles.retention)))
    forms.push({ name: 'unpacked files', path, unpacked: true });
  return forms;
}

export interface LocalForm {
  /** For people. */
  readonly name: string;
  readonly path: string;
  /** The files of the folder itself, whatever archives lie among them. */
  readonly unpacked?: true;
}

/** As `readLocalRelease`, of exactly this form. */
export async function readLocalForm(
  { path, unpacked }: LocalForm,
  folder: string,
  signal?: AbortSignal,
): Promise<{ readonly archiveSha256?: string }> {
  if (unpacked !== true) return readLocalRelease(path, folder, signal);
  await copyReleaseFolder(path, folder);
  await normaliseLayout(folder);
  return {};
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
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
