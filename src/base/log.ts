import type { Facts } from './errors.ts';

/**
 * The log port. Static message, data in fields.
 * error: a person must act; warn: something was off and handled; info: a change of state that a
 * person would want to read about later; debug: everything else.
 */
export interface Log {
  debug(message: string, fields?: Facts): void;
  info(message: string, fields?: Facts): void;
  warn(message: string, fields?: Facts): void;
  error(message: string, fields?: Facts): void;
  /** A logger with these fields on every line. */
  child(fields: Facts): Log;
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
