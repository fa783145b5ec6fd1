import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Clock } from '../../base/clock.ts';
import type { LogRequest } from '../runtime.ts';
import type { LogFiles } from './log-files.ts';

const chunkBytes = 64 * 1024;
/** A longer line is given in pieces, so that a program without line ends does not fill our memory. */
const maxLineBytes = 256 * 1024;
const pollMs = 150;
const newline = 0x0a;

/** Cuts bytes into lines; what has no end yet waits for more. */
class LineCutter {
  private rest = Buffer.alloc(0);

  *push(chunk: Uint8Array): Iterable<string> {
    const bytes = Buffer.concat([this.rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(newline, from); end >= 0; end = bytes.indexOf(newline, from)) {
      yield text(bytes.subarray(from, end));
      from = end + 1;
    }
    this.rest = bytes.subarray(from);
    if (this.rest.length > maxLineBytes) yield* this.flush();
  }

  *flush(): Iterable<string> {
    if (this.rest.length > 0) yield text(this.rest);
    this.rest = Buffer.alloc(0);
  }
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\r$/, '');
}

/** The lines of a unit's logs as `Runtime.logs` promises them, over rotations. */
export async function* readLog(
  files: LogFiles,
  name: string,
  { clock, ...request }: LogRequest & { readonly clock: Clock },
): AsyncIterable<string> {
  const cutter = new LineCutter();
  const first = await position(files, name);
  const kept = { untilOffset: first.offset, tail: request.tail };
  for await (const chunk of keptChunks(files, name, kept)) yield* cutter.push(chunk);
  if (request.follow !== true) {
    yield* cutter.flush();
    return;
  }
  for (let at = first; request.signal?.aborted !== true; ) {
    const now = await position(files, name);
    if (now.rotation !== at.rotation) {
      // What came after our last look, and before the truncation, is at the end of the copy.
      for await (const chunk of chunks(files.rotated(name, 1), at.offset)) yield* cutter.push(chunk);
      at = { rotation: now.rotation, offset: 0 };
    }
    // Shorter than before, and no new copy: a rotation is under way, and the next look will see its end.
    if (now.offset > at.offset) {
      for await (const chunk of chunks(files.current(name), at.offset, now.offset)) yield* cutter.push(chunk);
      at = now;
    }
    await clock.sleep(pollMs, request.signal).catch(() => undefined);
  }
}

/** The last lines of one stretch of the current log: for the report on a task. */
export async function tailFrom(path: string, offset: number, count: number): Promise<readonly string[]> {
  const size = await sizeOf(path);
  const cutter = new LineCutter();
  const lines: string[] = [];
  const from = Math.max(size < offset ? 0 : offset, size - maxLineBytes);
  for await (const chunk of chunks(path, from)) lines.push(...cutter.push(chunk));
  lines.push(...cutter.flush());
  return lines.slice(-count);
}

interface Position {
  /** Changes with every rotation. */
  readonly rotation: string;
  readonly offset: number;
}

/** Taken again while a rotation changes it, so that offset and rotation belong together. */
async function position(files: LogFiles, name: string): Promise<Position> {
  for (;;) {
    const rotation = await rotationOf(files, name);
    const offset = await sizeOf(files.current(name));
    if ((await rotationOf(files, name)) === rotation) return { rotation, offset };
  }
}

async function rotationOf(files: LogFiles, name: string): Promise<string> {
  return stat(files.rotated(name, 1)).then(
    (stats) => `${stats.ino} ${stats.mtimeMs}`,
    () => '',
  );
}

/** What is kept up to an offset in the current log, from the start of the last `tail` lines on. */
async function* keptChunks(
  files: LogFiles,
  name: string,
  { untilOffset, tail }: { readonly untilOffset: number; readonly tail: number | undefined },
): AsyncIterable<Uint8Array> {
  const current = files.current(name);
  const stretches: Stretch[] = [];
  let wanted = tail ?? Number.POSITIVE_INFINITY;
  for (const path of [...files.all(name)].reverse()) {
    if (wanted <= 0) break;
    const to = path === current ? untilOffset : await sizeOf(path);
    const found = tail === undefined ? { from: 0, lines: 0 } : await startOfLast(path, to, wanted);
    wanted -= found.lines;
    stretches.push({ path, from: found.from, to });
  }
  for (const { path, from, to } of stretches.reverse()) yield* chunks(path, from, to);
}

interface Stretch {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** Where the last `count` lines of a file's first `size` bytes begin, and how many there are; read from the end. */
async function startOfLast(
  path: string,
  size: number,
  count: number,
): Promise<{ readonly from: number; readonly lines: number }> {
  let lines = 0;
  for (let to = size; to > 0; to = Math.max(0, to - chunkBytes)) {
    const from = Math.max(0, to - chunkBytes);
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks(path, from, to)) parts.push(chunk);
    const bytes = Buffer.concat(parts);
    for (let index = bytes.length - 1; index >= 0; index--) {
      // The end of the last line begins no other line.
      if (bytes[index] !== newline || from + index === size - 1) continue;
      lines += 1;
      if (lines === count) return { from: from + index + 1, lines };
    }
  }
  return { from: 0, lines: size > 0 ? lines + 1 : 0 };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (stats) => stats.size,
    () => 0,
  );
}

/** The bytes of a file from one offset to another; none when it does not exist. */
async function* chunks(path: string, from: number, to = Number.POSITIVE_INFINITY): AsyncIterable<Uint8Array> {
  const file = await openIfThere(path);
  if (file === undefined) return;
  try {
    for (let offset = from; offset < to; ) {
      const length = Math.min(chunkBytes, to - offset);
      const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
      if (bytesRead === 0) return;
      offset += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  return open(path, 'r').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  });
}
