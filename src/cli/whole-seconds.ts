import { formatDuration } from '../base/duration.ts';
import { cliErrors } from './errors.ts';

/** Protocol times are whole seconds. Throws EPH-CLI-VALUE. */
export function wholeSeconds(durationMs: number, name: string): number {
  if (durationMs % 1_000 === 0) return durationMs / 1_000;
  throw cliErrors.create('EPH-CLI-VALUE', {
    name,
    given: formatDuration(durationMs),
    expects: 'whole seconds',
  });
}
