import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../base/atomic-files.ts';
import { writeFully } from '../base/write-fully.ts';
import type { Interchange, SigningHistory } from '../core/keys/interchange.ts';
import {
  type InterchangeLimits,
  type InterchangeRead,
  InterchangeReader,
} from '../core/keys/interchange-reader.ts';
import { interchangeText } from '../core/keys/interchange-text.ts';
import { InterchangeUnion } from '../core/keys/interchange-union.ts';

export interface ReadInterchangeOptions {
  /** The only network that is accepted; any when absent. */
  readonly genesisValidatorsRoot?: string;
  readonly limits?: InterchangeLimits;
  readonly signal?: AbortSignal;
}

const pieceBytes = 256 * 1024;

/**
 * Reads a slashing protection file piece by piece. Throws what `InterchangeReader` throws, the system's errors,
 * and the signal's reason.
 */
export async function streamInterchange(
  file: string,
  options: ReadInterchangeOptions & { readonly history: (history: SigningHistory) => void },
): Promise<InterchangeRead> {
  const { signal, ...how } = options;
  const reader = new InterchangeReader({ ...how, file });
  const handle = await open(file, 'r');
  try {
    const piece = Buffer.alloc(pieceBytes);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(piece, 0, pieceBytes);
      if (bytesRead === 0) return reader.end();
      reader.push(piece.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** Reads files of one network into one. Without a wanted root, the first file says which network it is. */
export async function readInterchanges(
  files: readonly string[],
  options: ReadInterchangeOptions = {},
): Promise<Interchange> {
  const union = new InterchangeUnion();
  let root = options.genesisValidatorsRoot;
  for (const file of files) {
    const wanted = root === undefined ? {} : { genesisValidatorsRoot: root };
    const read = await streamInterchange(file, {
      ...options,
      ...wanted,
      history: (history) => union.add(history),
    });
    root ??= read.genesisValidatorsRoot;
  }
  return union.result(root ?? '');
}

/** Writes a slashing protection file at one stroke: the old content or the new, never a mix. Mode 0600. */
export async function writeInterchange(file: string, interchange: Interchange): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      for (const piece of pieces(interchangeText(interchange))) await writeFully(handle, Buffer.from(piece));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
  await syncFolder(dirname(file));
}

/** The same text in larger pieces: a write each for thousands of entries, not for one. */
function* pieces(texts: Iterable<string>): Generator<string> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < pieceBytes) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}
