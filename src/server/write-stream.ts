import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { errorReport } from '../operations/control/error-report.ts';

/** Sends values as they come: one JSON value a line, or as server-sent events. An error ends the stream as its last value. */
export function writeStream(
  values: AsyncIterable<unknown>,
  reply: FastifyReply,
  form: 'lines' | 'events',
): FastifyReply {
  const type = form === 'events' ? 'text/event-stream' : 'application/x-ndjson';
  return reply
    .header('content-type', type)
    .header('cache-control', 'no-store')
    .send(Readable.from(encoded(values, form), { objectMode: false, highWaterMark: 1 }));
}

async function* encoded(values: AsyncIterable<unknown>, form: 'lines' | 'events'): AsyncGenerator<Buffer> {
  // Something at once, so that whoever waits for the head of the answer has it.
  yield Buffer.from(form === 'events' ? ': begin\n\n' : '\n');
  try {
    for await (const value of values) yield encode(value, form);
  } catch (thrown) {
    yield encode(errorReport(thrown), form);
  }
}

function encode(value: unknown, form: 'lines' | 'events'): Buffer {
  const json = JSON.stringify(value);
  return Buffer.from(form === 'events' ? `data: ${json}\n\n` : `${json}\n`);
}
