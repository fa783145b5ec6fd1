import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileSha256 } from '../../base/file-sha256.ts';
import { identityName } from '../../core/network/identity.ts';
import { releaseErrors } from '../errors.ts';
import type { HeldRelease } from '../release-library.ts';
import { readRecord } from './release-record.ts';

/**
 * Loads a verified release from its folder. Checks cheaply that it is still whole: the folder is named after
 * the identity, every file is there with its size; with `deep`, its hash too. Throws EPH-RELEASES-FOLDER.
 */
export async function loadBundle(
  folder: string,
  options: { readonly deep?: boolean } = {},
): Promise<HeldRelease> {
  const refuse = (problem: string) => releaseErrors.create('EPH-RELEASES-FOLDER', { folder, problem });
  const record = await readRecord(folder);
  if (identityName(record.bundle.identity) !== basename(folder))
    throw refuse('it is not named after what it holds');
  for (const { path, bytes, sha256 } of record.files) {
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found?.isFile() !== true) throw refuse(`${path} is missing`);
    const changed =
      found.size !== bytes || (options.deep === true && (await fileSha256(join(folder, path))) !== sha256);
    if (changed) throw refuse(`${path} was changed`);
  }
  return {
    bundle: { ...record.bundle, directory: folder },
    source: record.source,
    fetchedAtMs: record.fetchedAtMs,
  };
}

/**
 * The verified releases of a network that are whole, newest iteration first; of one iteration, the one
 * fetched last first. `root` is the folder `releases/`. Of one iteration alone when it is given.
 */
export async function listReleases(
  root: string,
  network: string,
  iteration?: number,
): Promise<readonly HeldRelease[]> {
  const folder = join(root, network);
  const form = iteration === undefined ? /^\d+-[0-9a-f]{8}$/ : new RegExp(`^${iteration}-[0-9a-f]{8}$`);
  const names = await readdir(folder).catch(() => []);
  const held: HeldRelease[] = [];
  for (const name of names.filter((each) => form.test(each))) {
    const release = await loadBundle(join(folder, name)).catch(() => undefined);
    if (release !== undefined) held.push(release);
  }
  return held.sort(
    (a, b) => b.bundle.identity.iteration - a.bundle.identity.iteration || b.fetchedAtMs - a.fetchedAtMs,
  );
}
