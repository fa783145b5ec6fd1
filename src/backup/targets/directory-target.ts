import { copyFile, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder, syncFolder } from '../../base/atomic-files.ts';
import { backupErrors } from '../errors.ts';
import { attempt } from './attempt.ts';
import type { BackupTarget } from './target.ts';

/** A folder of this machine, or one mounted into it. Made when it is not there. */
export function directoryTarget(folder: string): BackupTarget {
  return {
    name: folder,
    put: (file, name, signal) =>
      attempt(folder, signal, async () => {
        await ensureFolder(folder);
        const part = join(folder, `${name}.part`);
        try {
          await copyFile(file, part);
          await flush(part);
          await rename(part, join(folder, name));
        } catch (cause) {
          await rm(part, { force: true });
          throw cause;
        }
        await syncFolder(folder);
      }),
    list: (signal) => attempt(folder, signal, () => namesIn(folder)),
    fetch: (name, into, signal) =>
      attempt(folder, signal, async () => {
        if (!(await namesIn(folder)).includes(name))
          throw backupErrors.create('EPH-BACKUP-NONE', { wanted: name, target: folder });
        await copyFile(join(folder, name), into);
      }),
    remove: (name, signal) => attempt(folder, signal, () => rm(join(folder, name), { force: true })),
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    await stat(folder);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
  return readdir(folder);
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
}
