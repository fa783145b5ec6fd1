import { randomBytes } from 'node:crypto';
import { mkdir, readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { isPidAlive } from '../../base/claim.ts';
import { messageOf } from '../../base/errors.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { releaseErrors } from '../errors.ts';
import { removeRelease } from './install-release.ts';

/** Room for archive, unpacked files and some to spare; a real release takes an eighth of it. */
const neededBytes = 256 * 1024 * 1024;

const leftover = /^\.(?:incoming|damaged)-(\d+)-[0-9a-f]{12}(?:\.archive)?$/;
const oldestMs = 24 * 3_600_000;
const ours = new Set<string>();

/** Asks the disk how much room it has for us; injected so that a full disk can be tried out. */
export type FreeBytes = (folder: string) => Promise<number>;

export const freeBytesOf: FreeBytes = async (folder) => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/**
 * Makes an empty folder beside where a release will lie, runs `work` in it, and removes what is left of it,
 * whatever happened. Throws EPH-RELEASES-DISK-FULL before anything is fetched, and EPH-RELEASES-FOLDER.
 */
export async function withIncoming<T>(
  networkFolder: string,
  freeBytes: FreeBytes,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const name = `.incoming-${process.pid}-${randomBytes(6).toString('hex')}`;
  const folder = join(networkFolder, name);
  ours.add(name);
  try {
    await makeRoom(networkFolder, folder, freeBytes);
    return await work(folder);
  } catch (thrown) {
    throw await explained(thrown, networkFolder, freeBytes);
  } finally {
    ours.delete(name);
    await removeRelease(folder);
    await removeRelease(`${folder}.archive`);
  }
}

async function makeRoom(networkFolder: string, folder: string, freeBytes: FreeBytes): Promise<void> {
  await makeFolders(networkFolder, 0o755);
  const free = await freeBytes(networkFolder);
  if (free < neededBytes) {
    const facts = { folder: networkFolder, freeBytes: free, neededBytes };
    throw releaseErrors.create('EPH-RELEASES-DISK-FULL', facts);
  }
  await mkdir(folder, { mode: 0o755 });
}

async function explained(thrown: unknown, networkFolder: string, freeBytes: FreeBytes): Promise<unknown> {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const free = await freeBytes(networkFolder).catch(() => 0);
    const facts = { folder: networkFolder, freeBytes: free, neededBytes };
    return releaseErrors.create('EPH-RELEASES-DISK-FULL', facts, thrown);
  }
  const isSystem = thrown instanceof Error && 'syscall' in thrown;
  if (!isSystem) return thrown;
  const facts = { folder: networkFolder, problem: messageOf(thrown) };
  return releaseErrors.create('EPH-RELEASES-FOLDER', facts, thrown);
}

/** Removes what fetches left behind whose process was killed. Those of living processes stay, for a day. */
export async function removeLeftovers(networkFolder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(networkFolder).catch(() => [])) {
    const pid = leftover.exec(name)?.[1];
    if (pid === undefined || ours.has(name.replace(/\.archive$/, ''))) continue;
    const path = join(networkFolder, name);
    const age =
      nowMs -
      (await stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => nowMs,
      ));
    if (Number(pid) === process.pid || !isPidAlive(Number(pid)) || age > oldestMs) await removeRelease(path);
  }
}
