import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { cliErrors } from '../errors.ts';
import type { Style } from './style.ts';

/** An error as --json prints it. */
export interface ErrorJson {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly facts: unknown;
    readonly causes: readonly string[];
  };
}

/** Code, fact and remedy of anything thrown, with the messages of what caused it. */
export function errorJson(thrown: unknown): ErrorJson {
  const known = isEphemeryError(thrown)
    ? thrown
    : cliErrors.create('EPH-CLI-UNEXPECTED', { message: messageOf(thrown) });
  const { code, message, remedy, facts } = known;
  return { error: { code, message, remedy, facts, causes: causesOf(thrown) } };
}

export function errorText(thrown: unknown, style: Style): string {
  const { code, message, remedy, causes } = errorJson(thrown).error;
  const lines = [
    `${style.bad(code)} ${message}`,
    ...causes.filter((cause) => !message.includes(cause)).map((cause) => style.faint(`  because: ${cause}`)),
    `  ${remedy}`,
  ];
  return lines.join('\n');
}

function causesOf(thrown: unknown): string[] {
  const causes: string[] = [];
  let cause = thrown instanceof Error ? thrown.cause : undefined;
  while (cause !== undefined && causes.length < 8) {
    causes.push(messageOf(cause));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}
