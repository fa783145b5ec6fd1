import { WritableStream } from 'node:stream/web';
import type { FileEntry } from '@zip.js/zip.js';
import { ArchiveRefusal } from '../../base/archive/archive-refusal.ts';
import { messageOf } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import type { SourceFiles } from '../source/source-files.ts';

const fileTypes = { mask: 0o170000, link: 0o120000, file: 0o100000, folder: 0o040000 } as const;

interface ZipRequest {
  readonly content: Uint8Array;
  readonly prefix: string;
  /** For entries that are encrypted, by ZipCrypto or AES. */
  readonly password?: Secret | undefined;
}

/** Reads a zip archive's files of interest into memory. Throws ArchiveRefusal; a wrong or missing password is one. */
export async function readZip({ content, prefix, password }: ZipRequest, into: SourceFiles): Promise<void> {
  const { configure, Uint8ArrayReader, ZipReader } = await import('@zip.js/zip.js');
  configure({ useWebWorkers: false });
  const options = password === undefined ? {} : { password: password.reveal() };
  const reader = new ZipReader(new Uint8ArrayReader(content), { ...options, checkSignature: true });
  try {
    const wanted: { readonly entry: FileEntry; readonly path: string }[] = [];
    // All of the list before anything is unpacked: too many are refused at once.
    for await (const entry of reader.getEntriesGenerator()) {
      const path = into.admit(entry.filename);
      const type = (entry.externalFileAttributes >>> 16) & fileTypes.mask;
      if (entry.directory || type === fileTypes.folder) continue;
      if (type !== 0 && type !== fileTypes.file)
        throw new ArchiveRefusal(
          `${JSON.stringify(path)} is a ${type === fileTypes.link ? 'link' : 'special file'}, not a file`,
        );
      if (!into.wants(`${prefix}${path}`, entry.uncompressedSize)) {
        // It is not unpacked, but it counts as in a tar: an archive that claims more than the limit is a bomb.
        into.count(entry.uncompressedSize);
        continue;
      }
      if (entry.encrypted && password === undefined)
        throw new ArchiveRefusal('it is encrypted, and no password of it was given');
      wanted.push({ entry, path });
    }
    for (const { entry, path } of wanted) into.add(`${prefix}${path}`, await contentOf(entry, into));
  } catch (cause) {
    if (cause instanceof ArchiveRefusal) throw cause;
    throw new ArchiveRefusal(zipProblem(cause), { cause });
  } finally {
    await reader.close().catch(() => undefined);
  }
}

/** The content, which may not be more than it says: a bomb is counted while it unpacks. */
async function contentOf(entry: FileEntry, into: SourceFiles): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const refused = new AbortController();
  const writable = new WritableStream<Uint8Array>({
    write: (part) => {
      bytes += part.length;
      try {
        into.count(part.length);
        if (bytes > entry.uncompressedSize) throw new ArchiveRefusal('a file in it is larger than it says');
      } catch (cause) {
        refused.abort(cause);
        throw cause;
      }
      parts.push(part);
    },
  });
  await entry.getData(writable as never).catch((cause: unknown) => {
    // By the Node it runs on, what comes of a refused part is the refusal or that the stream is closed.
    refused.signal.throwIfAborted();
    throw cause;
  });
  return Buffer.concat(parts);
}

function zipProblem(cause: unknown): string {
  const message = messageOf(cause);
  if (/password/i.test(message)) return 'its password is another one';
  if (/unsafe filename/i.test(message)) return 'a path in it is absolute or leads out of the folder';
  return /uncompressed size/i.test(message)
    ? 'a file in it has another size than it says'
    : `it is damaged (${message})`;
}
