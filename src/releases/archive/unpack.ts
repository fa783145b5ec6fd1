import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import type { Parser, ReadEntry } from 'tar';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { writeFully } from '../../base/write-fully.ts';
import { releaseErrors } from '../errors.ts';
import { entryPath, foldedPath } from './entry-path.ts';
import { type ArchiveLimits, archiveLimits } from './limits.ts';

export interface UnpackOptions {
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
}

/**
 * Unpacks a gzipped tar archive into an empty folder, piece by piece: only plain files and folders, with our
 * own permissions, inside the folder, within the limits, each name once. Throws EPH-RELEASES-ARCHIVE for
 * everything else, including an archive that is cut short or has something behind its end.
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  options: UnpackOptions = {},
): Promise<void> {
  const { Parser: TarParser } = await import('tar');
  const source = await open(archive, 'r');
  const unpacking = new Unpacking(folder, options.limits ?? archiveLimits);
  try {
    const parser = new TarParser({ strict: true, onReadEntry: (entry) => unpacking.begin(entry) });
    const compressed = source.createReadStream({ highWaterMark: 1 << 18 });
    await feed(parser, unpacking, { compressed, signal: options.signal });
  } catch (thrown) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (isEphemeryError(thrown) || isSystemError(thrown)) throw thrown;
    throw refusal(archive, unpacking.problem ?? messageOf(thrown), thrown);
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
      unpacking.count((chunk as Buffer).length);
      parser.write(chunk);
      await unpacking.flush();
    }
    parser.end();
    await unpacking.flush();
    if (!finished || unpacking.entries === 0) unpacking.refuse('it is cut short or empty');
    unpacking.throwIfRefused();
  } finally {
    gunzip.destroy();
  }
}

/** The work that one piece of the archive gave: a file to open, data to write, or a file to close. */
type Work = { readonly open: string } | { readonly data: Uint8Array } | { readonly close: true };

// The parser calls us while it is being fed and cannot wait: what is to be written is queued, and written
// before the next piece is fed, so that memory holds one piece at a time.
class Unpacking {
  problem: string | undefined;
  entries = 0;
  private readonly folder: string;
  private readonly limits: ArchiveLimits;
  private readonly seen = new Set<string>();
  private readonly madeFolders = new Set<string>();
  private work: Work[] = [];
  private file: FileHandle | undefined;
  private streamBytes = 0;
  private contentBytes = 0;

  constructor(folder: string, limits: ArchiveLimits) {
    this.folder = folder;
    this.limits = limits;
  }

  refuse(problem: string): void {
    this.problem ??= problem;
  }

  throwIfRefused(): void {
    if (this.problem !== undefined) throw new Error(this.problem);
  }

  count(bytes: number): void {
    this.streamBytes += bytes;
    if (this.streamBytes > this.limits.unpackedBytes)
      this.refuse(`it unpacks to more than ${this.limits.unpackedBytes} bytes`);
    this.throwIfRefused();
  }

  begin(entry: ReadEntry): void {
    this.entries++;
    const target = this.targetOf(entry);
    if (target === undefined || this.problem !== undefined) {
      entry.resume();
      return;
    }
    this.work.push({ open: target });
    entry.on('data', (data) => this.work.push({ data: data as Uint8Array }));
    entry.on('end', () => this.work.push({ close: true }));
  }

  async flush(): Promise<void> {
    this.throwIfRefused();
    const work = this.work;
    this.work = [];
    for (const step of work) {
      if ('open' in step) await this.openFile(step.open);
      else if ('close' in step) await this.close();
      else if (this.file !== undefined) await writeFully(this.file, step.data);
    }
  }

  async close(): Promise<void> {
    const file = this.file;
    this.file = undefined;
    await file?.close();
  }

  /** The path to write a plain file to; undefined for a folder, and for what is refused. */
  private targetOf(entry: ReadEntry): string | undefined {
    if (this.entries > this.limits.entries) this.refuse(`it has more than ${this.limits.entries} entries`);
    const path = entryPath(entry.path);
    if ('problem' in path) {
      this.refuse(path.problem);
      return undefined;
    }
    if (entry.type === 'Directory') return undefined;
    if (entry.type !== 'File' && entry.type !== 'OldFile' && entry.type !== 'ContiguousFile') {
      this.refuse(`${JSON.stringify(entry.path)} is a ${entry.type}, not a file`);
    }
    this.countFile(entry, path.parts);
    return path.parts.length === 0 ? undefined : join(this.folder, ...path.parts);
  }

  private countFile(entry: ReadEntry, parts: readonly string[]): void {
    const folded = foldedPath(parts);
    if (parts.length === 0) this.refuse('a file has no name');
    if (this.seen.has(folded)) this.refuse(`${JSON.stringify(entry.path)} is in it twice`);
    this.seen.add(folded);
    this.contentBytes += entry.size;
    const tooLarge = entry.size > this.limits.fileBytes || this.contentBytes > this.limits.unpackedBytes;
    if (tooLarge) this.refuse(`${JSON.stringify(entry.path)} makes it too large`);
  }

  private async openFile(path: string): Promise<void> {
    const parent = dirname(path);
    if (!this.madeFolders.has(parent)) await mkdir(parent, { recursive: true, mode: 0o755 });
    this.madeFolders.add(parent);
    this.file = await open(path, 'wx', 0o644);
  }
}

/** Of the disk or the system, not of the archive: full, not permitted, and the like. */
function isSystemError(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'syscall' in thrown && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' && !['EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'].includes(code);
}

function refusal(archive: string, problem: string, cause: unknown): Error {
  return releaseErrors.create('EPH-RELEASES-ARCHIVE', { archive: basename(archive), problem }, cause);
}
