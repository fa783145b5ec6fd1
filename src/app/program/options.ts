import { type Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { messageOf } from '../../base/errors.ts';

export type LogLevel = (typeof logLevels)[number];

const logLevels = ['debug', 'info', 'warn', 'error'] as const;

export function logLevelOption(): Option {
  return new Option('--log-level <level>').choices([...logLevels]).default('info');
}

/** Reads a program's command line. Undefined when help was asked for. @throws what `usage` makes of the reason */
export function readOptions<Options extends object>(
  command: Command,
  argv: readonly string[],
  usage: (reason: string) => Error,
): Options | undefined {
  command.configureOutput({ writeErr: () => undefined }).exitOverride();
  try {
    command.parse([...argv], { from: 'user' });
  } catch (cause) {
    if (cause instanceof CommanderError && cause.exitCode === 0) return undefined;
    throw usage(messageOf(cause).replace(/^error: /, ''));
  }
  return command.opts<Options>();
}

/** 0 is any free one. */
export function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('not a port');
  return port;
}

export function toAddress(text: string): string {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new InvalidArgumentError('not an address');
  return text;
}
