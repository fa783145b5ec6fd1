import { connect } from 'node:net';
import type { Clock } from '../../base/clock.ts';

/** A short conversation over TCP. `read` gives exactly so many bytes. */
export interface TcpTalk {
  send(bytes: Uint8Array): void;
  read(length: number): Promise<Uint8Array>;
}

/** Talks until `talk` is done; rejects after `timeoutMs`, and when the other side ends first. */
export async function tcpTalk<T>(
  { host, port }: { readonly host: string; readonly port: number },
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
  talk: (talk: TcpTalk) => Promise<T>,
): Promise<T> {
  const socket = connect({ host, port });
  const over = new AbortController();
  void clock.sleep(timeoutMs, over.signal).then(
    () => socket.destroy(new RangeError(`no answer within ${timeoutMs} ms`)),
    () => undefined,
  );
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
    });
    const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let held: Buffer = Buffer.alloc(0);
    const read = async (length: number): Promise<Uint8Array> => {
      while (held.length < length) {
        const next = await chunks.next();
        if (next.done === true) throw new RangeError('it hung up');
        held = Buffer.concat([held, next.value]);
      }
      const bytes = Uint8Array.from(held.subarray(0, length));
      held = held.subarray(length);
      return bytes;
    };
    return await talk({ send: (bytes) => socket.write(bytes), read });
  } finally {
    over.abort();
    socket.on('error', () => undefined).destroy();
  }
}
