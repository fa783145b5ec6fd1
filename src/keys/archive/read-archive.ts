import { open } from 'node:fs/promises';
import { ArchiveRefusal } from '../../base/archive/archive-refusal.ts';
import { messageOf } from '../../base/errors.ts';
import type { Secret } from '../../base/secret.ts';
import { type SourceFiles, sourceLimits } from '../source/source-files.ts';
import { archiveKind } from './archive-kind.ts';
import { type Bytes, decompress } from './decompress.ts';
import { readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';

/** The kind of a file on the disk, by its first bytes; undefined for what is no archive. */
export async function fileArchiveKind(path: string) {
  const file = await open(path, 'r');
  try {
    const start = new Uint8Array(512);
    const { bytesRead } = await file.read(start, 0, start.length, 0);
    return archiveKind(start.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

export interface ArchiveRequest {
  readonly password?: Secret | undefined;
  readonly signal: AbortSignal;
}

/** An archive on the disk, into memory. Throws ArchiveRefusal for what is hostile, damaged or locked, and the signal's reason. */
export async function readArchiveFile(
  path: string,
  into: SourceFiles,
  request: ArchiveRequest,
): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > sourceLimits.archiveBytes)
      throw new ArchiveRefusal(`it has more than ${sourceLimits.archiveBytes} bytes`);
    const content = new Uint8Array(await file.readFile());
    await readArchive({ content, prefix: '' }, into, request);
  } finally {
    await file.close();
  }
}

interface ArchiveContent {
  readonly content: Uint8Array;
  /** Of the paths of its files. */
  readonly prefix: string;
}

/** An archive in memory. Throws as `readArchiveFile`. */
export async function readArchive(
  { content, prefix }: ArchiveContent,
  into: SourceFiles,
  { password, signal }: ArchiveRequest,
): Promise<void> {
  const kind = archiveKind(content.subarray(0, 512));
  if (kind === undefined) throw new ArchiveRefusal('it is no zip, tar, tar.gz, tar.xz or tar.zst');
  if (kind === 'zip') return readZip({ content, prefix, password }, into);
  try {
    await readTar(
      decompress(kind, pieces(content, signal), (bytes) => into.count(bytes)),
      into,
      prefix,
    );
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw cause instanceof ArchiveRefusal
      ? cause
      : new ArchiveRefusal(`it is damaged (${messageOf(cause)})`, { cause });
  }
}

const pieceBytes = 1 << 16;

async function* pieces(content: Uint8Array, signal: AbortSignal): Bytes {
  for (let at = 0; at < content.length; at += pieceBytes) {
    signal.throwIfAborted();
    yield content.subarray(at, at + pieceBytes);
  }
}
