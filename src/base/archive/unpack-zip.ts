import { crc32 } from 'node:zlib';
import type { Entry, ZipFile } from 'yauzl';
import { messageOf } from '../errors.ts';
import { writeFully } from '../write-fully.ts';
import { ArchiveRefusal, isSystemError } from './archive-refusal.ts';
import { type ArchiveEntry, UnpackFolder, type UnpackOptions } from './unpack-folder.ts';

/**
 * Unpacks a zip archive into an empty folder, entry by entry, under the rules of `UnpackFolder`. Throws
 * ArchiveRefusal for what breaks them, for encrypted entries and for content that is not what its entry announces.
 */
export async function unpackZip(archive: string, folder: string, options: UnpackOptions): Promise<void> {
  const target = new UnpackFolder(folder, options);
  const { openPromise } = await import('yauzl');
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(archive, { strictFileNames: true, validateEntrySizes: true, autoClose: false });
    for await (const entry of zip.eachEntry()) {
      options.signal?.throwIfAborted();
      await unpackEntry(zip, entry, { target, signal: options.signal });
    }
    await target.finish();
  } catch (thrown) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (isSystemError(thrown)) throw thrown;
    throw thrown instanceof ArchiveRefusal
      ? thrown
      : new ArchiveRefusal(messageOf(thrown), { cause: thrown });
  } finally {
    zip?.close();
  }
}

interface Unpacking {
  readonly target: UnpackFolder;
  readonly signal: AbortSignal | undefined;
}

async function unpackEntry(zip: ZipFile, entry: Entry, { target, signal }: Unpacking): Promise<void> {
  const described = await describe(zip, entry);
  const admitted = target.admit(described);
  if (admitted === undefined) return;
  const file = await target.open(admitted);
  try {
    let sum = 0;
    for await (const chunk of await contentOf(zip, entry)) {
      signal?.throwIfAborted();
      target.count((chunk as Buffer).length);
      sum = crc32(chunk as Buffer, sum);
      await writeFully(file, chunk as Buffer);
    }
    if (sum !== entry.crc32) throw new ArchiveRefusal(`${JSON.stringify(entry.fileName)} is damaged`);
  } finally {
    await file.close();
  }
}

async function contentOf(zip: ZipFile, entry: Entry): Promise<NodeJS.ReadableStream> {
  if (entry.isEncrypted()) throw new ArchiveRefusal(`${JSON.stringify(entry.fileName)} is encrypted`);
  return zip.openReadStreamPromise(entry);
}

const unixMadeBy = 3;
const fileTypes = { mask: 0o170000, link: 0o120000, file: 0o100000, folder: 0o040000 } as const;
const mostTargetBytes = 512;

/** Archives made on Unix carry the mode of a file; those of others say only whether it is a folder. */
async function describe(zip: ZipFile, entry: Entry): Promise<ArchiveEntry> {
  const isUnix = entry.versionMadeBy >> 8 === unixMadeBy;
  const mode = isUnix ? entry.externalFileAttributes >>> 16 : 0;
  const path = entry.fileName;
  const common = {
    path,
    type: 'special file',
    bytes: entry.uncompressedSize,
    executable: (mode & 0o111) !== 0,
  };
  const type = mode & fileTypes.mask;
  if (path.endsWith('/')) return { ...common, kind: 'folder' };
  if (type === fileTypes.link) {
    return { ...common, kind: 'link', type: 'symbolic link', target: await linkTarget(zip, entry) };
  }
  return { ...common, kind: type === 0 || type === fileTypes.file ? 'file' : 'other' };
}

/** A link's target is its content. */
async function linkTarget(zip: ZipFile, entry: Entry): Promise<string> {
  if (entry.uncompressedSize > mostTargetBytes) throw new ArchiveRefusal('a link leads to no path');
  const chunks: Buffer[] = [];
  for await (const chunk of await contentOf(zip, entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
