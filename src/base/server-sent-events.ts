/** One event of a server-sent event stream. */
export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

/** A head event is some 500 bytes; an event beyond this is not one of ours. */
const maxEventLength = 1024 * 1024;

/**
 * Reads server-sent events (WHATWG HTML, 9.2) from a reply's body until it ends. Throws when an event is longer
 * than 1 MiB, or when the connection breaks.
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text = (text + decoder.decode(chunk, { stream: true })).replaceAll('\r\n', '\n');
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== undefined) yield event;
    }
    if (text.length > maxEventLength) throw new RangeError('an event of the stream is too long');
  }
}

function parseEvent(block: string): StreamEvent | undefined {
  const lines = block.split('\n');
  const valuesOf = (field: string) =>
    lines
      .filter((line) => line.startsWith(`${field}:`))
      .map((line) => line.slice(field.length + 1).trimStart());
  const data = valuesOf('data').join('\n');
  return data === '' ? undefined : { name: valuesOf('event')[0] ?? 'message', data };
}
