import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { ArchiveRefusal } from '../../base/archive/archive-refusal.ts';
import { archiveKind } from '../archive/archive-kind.ts';
import {
  type ArchiveRequest,
  fileArchiveKind,
  readArchive,
  readArchiveFile,
} from '../archive/read-archive.ts';
import { archiveKinds, type PassedOver, type SourceFile, SourceFiles, sourceLimits } from './source-files.ts';

export interface Source {
  readonly files: readonly SourceFile[];
  /** What was not looked into. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * The files of interest of a folder, an archive or a single keystore; archives within an archive are read as well, one level deep.
 * Throws ArchiveRefusal for what breaks the limits, leads out, or cannot be read; the signal's reason; errors of the disk.
 */
export async function readSource(path: string, request: ArchiveRequest): Promise<Source> {
  const into = new SourceFiles();
  // A link that a person names is meant; those in a folder are not.
  const place = await realpath(path);
  const found = await lstat(place);
  if (found.isDirectory()) {
    await readFolder(place, into, { root: place, prefix: '', signal: request.signal });
    await readWithin(into, request);
  } else if (!found.isFile()) throw new ArchiveRefusal('it is neither a file nor a folder');
  else if ((await fileArchiveKind(place)) !== undefined) await readArchiveFile(place, into, request);
  else if (found.size > sourceLimits.fileBytes) throw new ArchiveRefusal('it is too large for a keystore');
  else {
    const name = into.admit(basename(path));
    if (into.wants(name, found.size)) into.add(name, await readFile(place));
  }
  await readWithin(into, request);
  if (into.files.some(isArchive))
    throw new ArchiveRefusal('it has archives within archives within: only one level is read');
  return into;
}

interface Walk {
  /** Of the whole source, without links. */
  readonly root: string;
  readonly prefix: string;
  readonly signal: AbortSignal;
}

/**
 * Links are not followed. What one within the folder leads to is read where it lies: a mounted secret of Kubernetes has its
 * files in a folder beside the links.
 */
async function readFolder(folder: string, into: SourceFiles, { root, prefix, signal }: Walk): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    signal.throwIfAborted();
    const path = into.admit(`${prefix}${entry.name}`);
    const place = join(folder, entry.name);
    if (entry.isDirectory()) await readFolder(place, into, { root, prefix: `${path}/`, signal });
    else if (entry.isSymbolicLink()) {
      const why = await whyNotRead(place, root);
      if (why !== undefined) into.passOver(path, why);
    } else if (!entry.isFile()) into.passOver(path, 'neither a file nor a folder');
    else if (into.wants(path, (await lstat(place)).size)) into.add(path, await readFile(place));
  }
}

async function whyNotRead(link: string, root: string): Promise<string | undefined> {
  const target = await realpath(link).catch(() => undefined);
  if (target === undefined) return 'a link to nothing';
  return target === root || target.startsWith(`${root}${sep}`)
    ? undefined
    : 'a link that leads out of the folder, and is not followed: copy what it leads to';
}

/** Puts the files of archives in their place. Archives within those stay as they are. */
async function readWithin(into: SourceFiles, request: ArchiveRequest): Promise<void> {
  const top = into.files.splice(0);
  const kept: SourceFile[] = [];
  for (const file of top) {
    if (!isArchive(file)) {
      if (!archiveName.test(file.path)) kept.push(file);
      else into.passOver(file.path, `damaged, or no archive of the kinds that are read: ${archiveKinds}`);
      continue;
    }
    into.release(file.content);
    try {
      await readArchive({ content: file.content, prefix: `${file.path}/` }, into, request);
    } catch (cause) {
      if (!(cause instanceof ArchiveRefusal)) throw cause;
      throw new ArchiveRefusal(`${file.path}: ${cause.message}`, { cause });
    }
  }
  into.files.unshift(...kept);
}

const archiveName = /\.(?:zip|tar|tgz|gz|txz|xz|tzst|zst)$/i;

function isArchive({ content }: SourceFile): boolean {
  return archiveKind(content.subarray(0, 512)) !== undefined;
}
