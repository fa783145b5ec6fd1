const headerBytes = 8;
/** A longer line is given in pieces, so that a program without line ends does not fill our memory. */
const maxLineBytes = 256 * 1024;
const newline = 0x0a;

/**
 * The lines of a container's log stream. Without a terminal an engine sends frames: a stream number, three zeros,
 * the length as four bytes, big endian, then the output (Docker Engine API, "Attach to a container"). Each
 * stream has lines of its own.
 */
export async function* framedLines(stream: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const rests = new Map<number, Buffer>();
  for await (const { stream: number, bytes } of frames(stream)) {
    let rest = Buffer.concat([rests.get(number) ?? Buffer.alloc(0), bytes]);
    for (let end = rest.indexOf(newline); end >= 0; end = rest.indexOf(newline)) {
      yield text(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    if (rest.length > maxLineBytes) {
      yield text(rest);
      rest = Buffer.alloc(0);
    }
    rests.set(number, rest);
  }
  for (const rest of rests.values()) if (rest.length > 0) yield text(rest);
}

interface Frame {
  readonly stream: number;
  readonly bytes: Buffer;
}

async function* frames(stream: AsyncIterable<Uint8Array>): AsyncIterable<Frame> {
  let held = Buffer.alloc(0);
  for await (const chunk of stream) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= headerBytes) {
      const end = headerBytes + held.readUInt32BE(4);
      if (held.length < end) break;
      yield { stream: held[0] ?? 0, bytes: held.subarray(headerBytes, end) };
      held = held.subarray(end);
    }
  }
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\r$/, '');
}
