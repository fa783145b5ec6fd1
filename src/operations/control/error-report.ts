import { EphemeryError, type ErrorCode, isEphemeryError, messageOf } from '../../base/errors.ts';
import { controlErrors } from './errors.ts';

/** An error as it goes over the API. */
export interface ErrorReport {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly remedy: string;
    readonly facts: Readonly<Record<string, unknown>>;
    readonly exitCode: number;
  };
}

/** Code, fact and remedy of anything thrown. */
export function errorReport(thrown: unknown): ErrorReport {
  const known = isEphemeryError(thrown)
    ? thrown
    : controlErrors.create('EPH-CONTROL-UNEXPECTED', { message: messageOf(thrown) });
  const { code, message, remedy, facts, exitCode } = known;
  return { error: { code, message, remedy, facts, exitCode } };
}

/** The error that a report tells of; undefined when it is no report. */
export function errorFrom(value: unknown): EphemeryError | undefined {
  const given = (value as Partial<ErrorReport> | null)?.error;
  if (typeof given?.code !== 'string' || typeof given.message !== 'string') return undefined;
  return new EphemeryError({
    code: given.code as ErrorCode,
    message: given.message,
    remedy: typeof given.remedy === 'string' ? given.remedy : '',
    facts: given.facts ?? {},
    exitCode: typeof given.exitCode === 'number' ? given.exitCode : 1,
  });
}
