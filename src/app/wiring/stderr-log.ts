import type { Facts } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { LogLevel } from './pino-log.ts';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** For commands that end soon: a line a message on standard error, from this level up. Loads nothing. */
export function stderrLog(
  least: LogLevel,
  stream: { write(text: string): unknown },
  fields: Facts = {},
): Log {
  const write =
    (level: LogLevel) =>
    (message: string, more: Facts = {}) => {
      if (levels.indexOf(level) < levels.indexOf(least)) return;
      const all = { ...fields, ...more };
      const shown = Object.keys(all).length === 0 ? '' : ` ${JSON.stringify(all)}`;
      stream.write(`${level}: ${message}${shown}\n`);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (more) => stderrLog(least, stream, { ...fields, ...more }),
  };
}
