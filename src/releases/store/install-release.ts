import { randomBytes } from 'node:crypto';
import { chmod, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, writeFileAtomic } from '../../base/atomic-files.ts';
import { fileSha256 } from '../../base/file-sha256.ts';
import { makeFolders } from '../../base/make-folders.ts';
import { identityName } from '../../core/network/identity.ts';
import type { HeldRelease } from '../release-library.ts';
import { loadBundle } from './load-bundle.ts';
import { type RecordedFile, type ReleaseRecord, recordFile } from './release-record.ts';

/**
 * Makes a verified folder the held release of its identity: record written, everything flushed and made
 * read-only, then renamed in one step to `<networkFolder>/<iteration>-<id8>`. `incoming` must lie in
 * `networkFolder`. Where the same identity is held already, that one stays.
 */
export async function installRelease(
  incoming: string,
  networkFolder: string,
  record: Omit<ReleaseRecord, 'files' | 'version'>,
): Promise<HeldRelease> {
  const files = await sealFiles(incoming);
  const content: ReleaseRecord = { version: 1, ...record, files };
  await writeFileAtomic(join(incoming, recordFile), `${JSON.stringify(content, undefined, 1)}\n`, {
    mode: 0o444,
  });
  const target = join(networkFolder, identityName(record.bundle.identity));
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(incoming, target);
      break;
    } catch (thrown) {
      if (!isTaken(thrown) || attempt > 0) throw thrown;
      const there = await loadBundle(target).catch(() => undefined);
      if (there !== undefined) return there;
      // Damaged: what was fetched and verified just now takes its place.
      await moveAside(target, networkFolder);
    }
  }
  await chmod(target, 0o555);
  await syncFolder(networkFolder);
  return loadBundle(target);
}

/** Deletes a held release or what is left of one, read-only or not. */
export async function removeRelease(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  await chmod(folder, 0o755).catch(() => undefined);
  for (const entry of entries) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
  }
  await rm(folder, { recursive: true, force: true });
}

async function moveAside(target: string, networkFolder: string): Promise<void> {
  const aside = join(networkFolder, `.damaged-${process.pid}-${randomBytes(6).toString('hex')}`);
  await chmod(target, 0o755);
  await rename(target, aside);
  await removeRelease(aside);
}

/** Hashes, flushes and write-protects all files and the folders in `folder`; itself stays writable for the rename. */
async function sealFiles(folder: string): Promise<readonly RecordedFile[]> {
  const files: RecordedFile[] = [];
  const folders: string[] = [];
  const walk = async (relative: string): Promise<void> => {
    const entries = await readdir(join(folder, relative), { withFileTypes: true });
    await makeFolders(join(folder, relative));
    for (const entry of entries) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) await walk(path);
      else if (path !== recordFile) files.push(await sealFile(folder, path));
    }
    if (relative !== '') folders.push(join(folder, relative));
  };
  await walk('');
  for (const each of folders) {
    await syncFolder(each);
    await chmod(each, 0o555);
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function sealFile(folder: string, path: string): Promise<RecordedFile> {
  const full = join(folder, path);
  const { size } = await stat(full);
  const sha256 = await fileSha256(full);
  const file = await open(full, 'r');
  try {
    await file.sync();
    await file.chmod(0o444);
  } finally {
    await file.close();
  }
  return { path, bytes: size, sha256 };
}

function isTaken(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  return code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'EACCES' || code === 'EPERM';
}
