import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';

/**
 * Which folder something was written in: its path, and the folder itself (inode and birth), as `<hash>.<hash>`. A folder
 * that was moved keeps the second, one that is reached by another name too.
 */
export async function folderPlace(folder: string): Promise<string> {
  const itself = await stat(folder).then(
    ({ ino, birthtimeMs }) => `${ino} ${Math.floor(birthtimeMs)}`,
    () => '',
  );
  return `${digest(resolve(folder))}.${digest(itself)}`;
}

/**
 * Whether what says this of itself came here by a copy of its folder: both differ then. One alone is a folder that was
 * moved, or a file system whose inodes change. Without a place nothing is known, and it counts as ours.
 */
export function isCopied(written: string | undefined, here: string): boolean {
  const [path, itself] = (written ?? '').split('.');
  const [pathHere, itselfHere] = here.split('.');
  if (path === undefined || itself === undefined || path === '' || itself === '') return false;
  return path !== pathHere && itself !== itselfHere;
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 12);
}
