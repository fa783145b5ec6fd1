import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ArchiveRefusal } from '../../base/archive/archive-refusal.ts';
import { archiveKind } from '../archive/archive-kind.ts';
import {
  type ArchiveRequest,
  fileArchiveKind,
  readArchive,
  readArchiveFile,
} from '../archive/read-archive.ts';
import { type SourceFile, SourceFiles, sourceLimits } from './source-files.ts';

/**
 * The files of interest of a folder, an archive or a single keystore; archives within an archive are read as well, one level deep.
 * Throws ArchiveRefusal for what breaks the limits, leads out, or cannot be read; the signal's reason; errors of the disk.
 */
export async function readSource(path: string, request: ArchiveRequest): Promise<readonly SourceFile[]> {
  const into = new SourceFiles();
  const found = await lstat(path);
  if (found.isDirectory()) {
    await readFolder(path, into, { prefix: '', signal: request.signal });
    await readWithin(into, request);
  } else if (!found.isFile()) throw new ArchiveRefusal('it is neither a file nor a folder');
  else if ((await fileArchiveKind(path)) !== undefined) await readArchiveFile(path, into, request);
  else if (found.size <= sourceLimits.fileBytes) into.add(into.admit(basename(path)), await readFile(path));
  else throw new ArchiveRefusal('it is too large for a keystore');
  await readWithin(into, request);
  if (into.files.some(isArchive))
    throw new ArchiveRefusal('it has archives within archives within: only one level is read');
  return into.files;
}

interface Walk {
  readonly prefix: string;
  readonly signal: AbortSignal;
}

/** Links are not followed: what they lead to is not in the folder. */
async function readFolder(folder: string, into: SourceFiles, { prefix, signal }: Walk): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    signal.throwIfAborted();
    const path = into.admit(`${prefix}${entry.name}`);
    const place = join(folder, entry.name);
    if (entry.isDirectory()) await readFolder(place, into, { prefix: `${path}/`, signal });
    else if (entry.isFile() && into.wants(path, (await lstat(place)).size))
      into.add(path, await readFile(place));
  }
}

/** Puts the files of archives in their place. Archives within those stay as they are. */
async function readWithin(into: SourceFiles, request: ArchiveRequest): Promise<void> {
  const top = into.files.splice(0);
  const kept: SourceFile[] = [];
  for (const file of top) {
    if (!isArchive(file)) {
      kept.push(file);
      continue;
    }
    into.release(file.content);
    await readArchive({ content: file.content, prefix: `${file.path}/` }, into, request);
  }
  into.files.unshift(...kept);
}

function isArchive({ content }: SourceFile): boolean {
  return archiveKind(content.subarray(0, 512)) !== undefined;
}
