import { pino } from 'pino';
import type { Facts } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';

/** The log of a program of ours that runs by itself: one JSON line each, on standard output. */
export function createPinoLog(level: string): Log {
  return wrap(pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }));
}

function wrap(logger: pino.Logger): Log {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: Facts) =>
    fields === undefined ? logger[level](message) : logger[level](fields, message);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(logger.child(fields)),
  };
}
