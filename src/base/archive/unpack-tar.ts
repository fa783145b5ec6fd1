import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import type { Parser, ReadEntry } from 'tar';
import { isEphemeryError, messageOf } from '../errors.ts';
import { writeFully } from '../write-fully.ts';
import { ArchiveRefusal, isSystemError } from './archive-refusal.ts';
import { type AdmittedFile, type ArchiveEntry, UnpackFolder, type UnpackOptions } from './unpack-folder.ts';

/**
 * Unpacks a gzipped tar archive into an empty folder, piece by piece, under the rules of `UnpackFolder`. Throws
 * ArchiveRefusal for what breaks them, including an archive that is cut short or has something behind its end.
 */
export async function unpackTar(archive: string, folder: string, options: UnpackOptions): Promise<void> {
  const { Parser: TarParser } = await import('tar');
  const source = await open(archive, 'r');
  const target = new UnpackFolder(folder, options);
  const unpacking = new Unpacking(target);
  try {
    const parser = new TarParser({ strict: true, onReadEntry: (entry) => unpacking.begin(entry) });
    const compressed = source.createReadStream({ highWaterMark: 1 << 18 });
    await feed(parser, unpacking, { compressed, signal: options.signal });
    await target.finish();
  } catch (thrown) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (isEphemeryError(thrown) || isSystemError(thrown)) throw thrown;
    throw new ArchiveRefusal(unpacking.problem ?? messageOf(thrown), { cause: thrown });
  } finally {
    await unpacking.close();
    await source.close();
  }
}

async function feed(
  parser: Parser,
  unpacking: Unpacking,
  input: { readonly compressed: NodeJS.ReadableStream; readonly signal: AbortSignal | undefined },
): Promise<void> {
  const { compressed, signal } = input;
  let finished = false;
  parser.on('error', (error) => unpacking.refuse(messageOf(error)));
  parser.on('ignoredEntry', (entry: ReadEntry) => unpacking.refuse(`an entry of type ${entry.type}`));
  parser.on('end', () => {
    finished = true;
  });
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  compressed.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of compressed.pipe(gunzip)) {
      signal?.throwIfAborted();
      unpacking.target.count((chunk as Buffer).length);
      parser.write(chunk);
      await unpacking.flush();
    }
    parser.end();
    await unpacking.flush();
    if (!finished) unpacking.refuse('it is cut short or empty');
    unpacking.throwIfRefused();
  } finally {
    gunzip.destroy();
  }
}

/** The work that one piece of the archive gave: a file to open, data to write, or a file to close. */
type Work = { readonly open: AdmittedFile } | { readonly data: Uint8Array } | { readonly close: true };

// The parser calls us while it is being fed and cannot wait: what is to be written is queued, and written
// before the next piece is fed, so that memory holds one piece at a time.
class Unpacking {
  problem: string | undefined;
  readonly target: UnpackFolder;
  private work: Work[] = [];
  private file: FileHandle | undefined;

  constructor(target: UnpackFolder) {
    this.target = target;
  }

  refuse(problem: string): void {
    this.problem ??= problem;
  }

  throwIfRefused(): void {
    if (this.problem !== undefined) throw new ArchiveRefusal(this.problem);
  }

  begin(entry: ReadEntry): void {
    const file = this.admitted(entry);
    if (file === undefined || this.problem !== undefined) {
      entry.resume();
      return;
    }
    this.work.push({ open: file });
    entry.on('data', (data) => this.work.push({ data: data as Uint8Array }));
    entry.on('end', () => this.work.push({ close: true }));
  }

  async flush(): Promise<void> {
    this.throwIfRefused();
    const work = this.work;
    this.work = [];
    for (const step of work) {
      if ('open' in step) this.file = await this.target.open(step.open);
      else if ('close' in step) await this.close();
      else if (this.file !== undefined) await writeFully(this.file, step.data);
    }
  }

  async close(): Promise<void> {
    const file = this.file;
    this.file = undefined;
    await file?.close();
  }

  private admitted(entry: ReadEntry): AdmittedFile | undefined {
    try {
      return this.target.admit(described(entry));
    } catch (thrown) {
      this.refuse(messageOf(thrown));
      return undefined;
    }
  }
}

const kinds: Readonly<Record<string, ArchiveEntry['kind']>> = {
  Directory: 'folder',
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  SymbolicLink: 'link',
};

function described(entry: ReadEntry): ArchiveEntry {
  return {
    path: entry.path,
    kind: kinds[entry.type] ?? 'other',
    type: entry.type,
    bytes: entry.size,
    executable: ((entry.mode ?? 0) & 0o111) !== 0,
    ...(entry.linkpath === undefined ? {} : { target: entry.linkpath }),
  };
}
