import type { Logger } from 'pino';
import type { Facts } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A log of JSON lines in a file, written at once so that a kill loses nothing. The folder is made if need be. */
export async function openFileLog(file: string, level: LogLevel): Promise<Log> {
  const { destination, pino } = await import('pino');
  const stream = destination({ dest: file, mkdir: true, append: true, sync: true, mode: 0o600 });
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
