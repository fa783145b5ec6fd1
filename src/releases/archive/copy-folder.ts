import { copyFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { entryPath } from '../../base/archive/entry-path.ts';
import type { ArchiveLimits } from '../../base/archive/limits.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { releaseErrors } from '../errors.ts';
import { archiveLimits } from './limits.ts';

/**
 * Copies a folder that holds a release into an empty one, under the rules and limits of archives: plain
 * files and folders only. Throws EPH-RELEASES-FOLDER.
 */
export async function copyReleaseFolder(
  source: string,
  target: string,
  limits: ArchiveLimits = archiveLimits,
): Promise<void> {
  const refuse = (problem: string) =>
    releaseErrors.create('EPH-RELEASES-FOLDER', { folder: source, problem });
  let entries = 0;
  let bytes = 0;
  const copy = async (relative: string): Promise<void> => {
    const from = join(source, relative);
    await makeFolders(join(target, relative), 0o755);
    for (const entry of await readdir(from, { withFileTypes: true })) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      const checked = entryPath(path);
      if ('problem' in checked) throw refuse(checked.problem);
      if (++entries > limits.entries) throw refuse(`it has more than ${limits.entries} entries`);
      if (entry.isDirectory()) await copy(path);
      else if (!entry.isFile()) throw refuse(`${path} is neither a file nor a folder`);
      else {
        const { size } = await stat(join(source, path));
        bytes += size;
        if (size > limits.fileBytes || bytes > limits.unpackedBytes)
          throw refuse(`${path} makes it too large`);
        await copyFile(join(source, path), join(target, path));
      }
    }
  };
  await copy('');
}
