import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import type { ArchiveKind } from './archive-kind.ts';

export type Bytes = AsyncIterable<Uint8Array>;

/** The bytes inside, piece by piece; `count` is told of each before the next is made, and stops a bomb by throwing. */
export async function* decompress(
  kind: Exclude<ArchiveKind, 'zip'>,
  source: Bytes,
  count: (bytes: number) => void,
): Bytes {
  const pieces = { tar: same, gzip: gunzip, xz: unxz, zstd: (from: Bytes) => unzstd(from, count) }[kind](
    source,
  );
  for await (const piece of pieces) {
    if (kind !== 'zstd') count(piece.length);
    yield piece;
  }
}

function same(source: Bytes): Bytes {
  return source;
}

async function* gunzip(source: Bytes): Bytes {
  const stream = Readable.from(source);
  const gunzipping = createGunzip({ chunkSize: 1 << 17 });
  stream.on('error', (cause) => gunzipping.destroy(cause));
  yield* stream.pipe(gunzipping) as Bytes;
}

async function* unxz(source: Bytes): Bytes {
  const { XzReadableStream } = (await import('xz-decompress')).default;
  // Its types are those of a browser.
  const stream: ReadableStream<Uint8Array> = new XzReadableStream(ReadableStream.from(source) as never);
  const reader = stream.getReader();
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      if (value !== undefined) yield value;
    }
  } finally {
    // Once it is through, it fails at being told to end: why nobody wants more is what is to be heard of.
    await reader.cancel().catch(() => undefined);
  }
}

/** A small piece may hold thousands of blocks: each is counted as it is made. */
async function* unzstd(source: Bytes, count: (bytes: number) => void): Bytes {
  const { Decompress } = await import('fzstd');
  let made: Uint8Array[] = [];
  const stream = new Decompress((piece) => {
    count(piece.length);
    made.push(piece);
  });
  for await (const piece of source) {
    stream.push(piece);
    const ready = made;
    made = [];
    yield* ready;
  }
  stream.push(new Uint8Array(), true);
  yield* made;
}
