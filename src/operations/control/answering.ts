import { connect } from 'node:net';
import type { Clock } from '../../base/clock.ts';

/** Whether somebody takes connections on a socket now. */
export function answersOn(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });
}

const silenceMs = 10_000;

/**
 * Whether connections are taken on a socket and nothing is ever said: the system takes them for a process that is
 * stopped or hangs, and a call would wait for ever. Where nobody takes them, that is not so.
 */
export function isMuteOn(socket: string, clock: Pick<Clock, 'sleep'>): Promise<boolean> {
  return new Promise((resolve) => {
    const waiting = new AbortController();
    const connection = connect(socket, () => {
      // No path of the API: whoever lives says so at once.
      connection.write('GET / HTTP/1.1\r\nhost: ephemery\r\nconnection: close\r\n\r\n');
      clock.sleep(silenceMs, waiting.signal).then(
        () => end(true),
        () => undefined,
      );
    });
    const end = (isMute: boolean) => {
      waiting.abort();
      connection.destroy();
      resolve(isMute);
    };
    connection.once('data', () => end(false)).once('error', () => end(false));
    connection.once('end', () => end(false));
  });
}
