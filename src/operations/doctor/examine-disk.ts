import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';

/** As the reset machine holds it: below this no reset begins. */
const neededBytes = 2 ** 30;

export async function examineDisk({ root }: RootPaths): Promise<readonly Finding[]> {
  const folder = await nearestFolder(root);
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return [];
  return [hostFindings.create('EPH-HOST-DISK-LOW', { folder: root, freeBytes, neededBytes })];
}

/** The root, or before it is made the folder in which it would be. */
async function nearestFolder(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const parent = dirname(path);
  return isThere || parent === path ? path : nearestFolder(parent);
}
