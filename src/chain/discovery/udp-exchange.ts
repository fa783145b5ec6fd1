import { createSocket, type Socket } from 'node:dgram';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';

export interface UdpTarget {
  readonly host: string;
  readonly port: number;
}

/** A short conversation with one node. `receive` waits for the next datagram of its address. */
export interface UdpTalk {
  send(datagram: Uint8Array): void;
  receive(): Promise<Uint8Array>;
}

const mostWaiting = 16;

/** Talks until `talk` is done, or rejects after `timeoutMs`. Datagrams of others are dropped. */
export async function udpExchange<T>(
  target: UdpTarget,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
  talk: (talk: UdpTalk) => Promise<T>,
): Promise<T> {
  const socket = createSocket(target.host.includes(':') ? 'udp6' : 'udp4');
  const over = new AbortController();
  try {
    const late = clock.sleep(timeoutMs, over.signal).then(() => {
      throw new RangeError(`no answer within ${timeoutMs} ms`);
    });
    late.catch(() => undefined);
    return await Promise.race([converse(socket, target, talk), late]);
  } finally {
    over.abort();
    socket.close();
  }
}

async function converse<T>(
  socket: Socket,
  { host, port }: UdpTarget,
  talk: (talk: UdpTalk) => Promise<T>,
): Promise<T> {
  const waiting: Uint8Array[] = [];
  let wake: () => void = () => undefined;
  let failure: unknown;
  socket.on('message', (datagram, from) => {
    if (from.port !== port || waiting.length >= mostWaiting) return;
    waiting.push(Uint8Array.from(datagram));
    wake();
  });
  // A port that nobody listens on answers so on the same host.
  socket.on('error', (cause) => {
    failure = cause;
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(port, host, () => resolve());
  });
  const receive = async (): Promise<Uint8Array> => {
    for (;;) {
      if (failure !== undefined) throw new RangeError(messageOf(failure));
      const next = waiting.shift();
      if (next !== undefined) return next;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return talk({ send: (datagram) => socket.send(datagram), receive });
}
