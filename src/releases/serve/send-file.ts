import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';
import type { Fault } from './faults.ts';
import type { ShelfFile } from './shelf.ts';

interface Sending {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly clock: Clock;
  /** One of partial, corrupt, empty, slow, wrong-length. */
  readonly fault: Fault | undefined;
}

const pieceMs = 100;

/** Answers with a file: whole, or from the byte that a Range header asks for; HEAD without its body. */
export async function sendFile(file: ShelfFile, sending: Sending): Promise<void> {
  const { request, response, fault } = sending;
  const from = rangeFrom(request, file);
  if (from !== undefined && from >= file.bytes) {
    response.writeHead(416, { 'content-range': `bytes */${file.bytes}` }).end();
    return;
  }
  const start = from ?? 0;
  const length = fault?.kind === 'empty' ? 0 : file.bytes - start;
  response.writeHead(from === undefined ? 200 : 206, {
    'content-type': file.path.endsWith('.gz') ? 'application/gzip' : 'application/octet-stream',
    'content-length': fault?.kind === 'wrong-length' ? length + 1_000 : length,
    'accept-ranges': 'bytes',
    etag: file.etag,
    ...(from === undefined ? {} : { 'content-range': `bytes ${from}-${file.bytes - 1}/${file.bytes}` }),
  });
  if (request.method === 'HEAD' || length === 0) {
    response.end();
    return;
  }
  await sendBody(file, { ...sending, start, length });
}

async function sendBody(
  file: ShelfFile,
  sending: Sending & { start: number; length: number },
): Promise<void> {
  const { response, fault, start, length } = sending;
  const end = fault?.kind === 'partial' ? start + Math.floor(length / 2) : start + length;
  // An answer that breaks off has sent something, or there would be nothing to go on from.
  const stream = createReadStream(file.path, {
    start,
    end: Math.max(start, end - 1),
    highWaterMark: 1 << 18,
  });
  let position = start;
  for await (const chunk of stream) {
    if (response.destroyed) return;
    const data = chunk as Buffer;
    if (fault?.kind === 'corrupt') flip(data, position, Math.floor(file.bytes / 2));
    position += data.length;
    await sendPieces(data, sending);
  }
  const broken = fault?.kind === 'partial' || fault?.kind === 'wrong-length';
  if (broken) response.destroy();
  else response.end();
}

async function sendPieces(data: Buffer, { response, fault, clock }: Sending): Promise<void> {
  if (fault?.kind !== 'slow') {
    if (!response.write(data) && !response.destroyed) await drained(response);
    return;
  }
  const pieceBytes = Math.max(1, Math.floor(((fault.bytesPerSecond ?? 1_024) * pieceMs) / 1_000));
  for (let at = 0; at < data.length && !response.destroyed; at += pieceBytes) {
    response.write(data.subarray(at, at + pieceBytes));
    await clock.sleep(pieceMs);
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}

function flip(data: Buffer, position: number, target: number): void {
  const index = target - position;
  const byte = data[index];
  if (index >= 0 && byte !== undefined) data[index] = byte ^ 0xff;
}

/** The first byte asked for, when the request is for the version that we have; only `bytes=<n>-` is known. */
function rangeFrom(request: IncomingMessage, file: ShelfFile): number | undefined {
  const match = /^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '');
  const ifRange = request.headers['if-range'];
  return match === null || (ifRange !== undefined && ifRange !== file.etag) ? undefined : Number(match[1]);
}
