import type { Logger } from 'pino';
import type { Facts } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Of lines that the disk does not take, so much is kept until it does; more is dropped. */
const mostWaitingBytes = 1024 * 1024;

/** A log of JSON lines in a file, written at once so that a kill loses nothing. The folder is made if need be. */
export async function openFileLog(file: string, level: LogLevel): Promise<Log> {
  const { destination, pino } = await import('pino');
  const how = { append: true, sync: true, mode: 0o600, maxLength: mostWaitingBytes } as const;
  const stream = destination({ dest: file, mkdir: true, ...how });
  // Where nobody listened it would be thrown at whoever logs: a full disk must not end the supervisor.
  stream.on('error', () => undefined);
  return pinoLog(pino({ level, base: { pid: process.pid } }, stream));
}

/** The port over a pino logger; errors among the fields are told with their causes. */
function pinoLog(logger: Logger): Log {
  const write = (level: LogLevel) => (message: string, fields?: Facts) =>
    logger[level](fields ?? {}, message);
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => pinoLog(logger.child(fields)),
  };
}
