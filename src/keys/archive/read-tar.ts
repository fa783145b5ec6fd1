import type { ReadEntry } from 'tar';
import { ArchiveRefusal } from '../../base/archive/archive-refusal.ts';
import { messageOf } from '../../base/errors.ts';
import type { SourceFiles } from '../source/source-files.ts';
import type { Bytes } from './decompress.ts';

const folders = new Set(['Directory', 'GNUDumpDir']);
const plain = new Set(['File', 'OldFile', 'ContiguousFile']);

/** Reads a tar archive's files of interest into memory. Throws ArchiveRefusal for links, devices and what is damaged. */
export async function readTar(pieces: Bytes, into: SourceFiles, prefix: string): Promise<void> {
  const { Parser } = await import('tar');
  let problem: unknown;
  let finished = false;
  const refuse = (cause: unknown) => {
    problem ??= cause;
  };
  const parser = new Parser({ strict: true, onReadEntry: (entry) => take(entry, { into, prefix, refuse }) });
  parser.on('error', refuse);
  parser.on('ignoredEntry', (entry: ReadEntry) =>
    refuse(new ArchiveRefusal(`it has an entry of type ${entry.type}`)),
  );
  parser.on('end', () => {
    finished = true;
  });
  for await (const piece of pieces) {
    parser.write(Buffer.from(piece));
    if (problem !== undefined) break;
  }
  if (problem === undefined) parser.end();
  if (problem instanceof ArchiveRefusal) throw problem;
  if (problem !== undefined) throw new ArchiveRefusal(messageOf(problem));
  if (!finished) throw new ArchiveRefusal('it is cut short');
}

interface Taking {
  readonly into: SourceFiles;
  readonly prefix: string;
  refuse(cause: unknown): void;
}

function take(entry: ReadEntry, { into, prefix, refuse }: Taking): void {
  try {
    const path = into.admit(entry.path);
    if (!folders.has(entry.type) && !plain.has(entry.type))
      throw new ArchiveRefusal(`${JSON.stringify(path)} is a ${entry.type}, not a file`);
    if (folders.has(entry.type) || !into.wants(`${prefix}${path}`, entry.size)) return void entry.resume();
    const parts: Uint8Array[] = [];
    entry.on('data', (data) => parts.push(new Uint8Array(data as Uint8Array)));
    entry.on('end', () => {
      try {
        into.add(`${prefix}${path}`, Buffer.concat(parts));
      } catch (cause) {
        refuse(cause);
      }
    });
  } catch (cause) {
    refuse(cause);
    entry.resume();
  }
}
