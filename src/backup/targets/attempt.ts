import { EphemeryError, messageOf } from '../../base/errors.ts';
import { backupErrors } from '../errors.ts';
import { makeRoom, TargetRefusal } from './target-refusal.ts';

/** Does something with a target; what it throws becomes EPH-BACKUP-TARGET, unless it has a code or we were told to end. */
export async function attempt<T>(
  target: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    signal?.throwIfAborted();
    return await work();
  } catch (thrown) {
    if (signal?.aborted === true) throw signal.reason;
    if (thrown instanceof EphemeryError && thrown.code.startsWith('EPH-BACKUP-')) throw thrown;
    const remedy = remedyOf(thrown);
    const facts = { target, reason: messageOf(thrown), ...(remedy === undefined ? {} : { remedy }) };
    throw backupErrors.create('EPH-BACKUP-TARGET', facts, thrown);
  }
}

function remedyOf(thrown: unknown): string | undefined {
  if (thrown instanceof TargetRefusal) return thrown.remedy;
  const { code } = thrown as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' ? makeRoom : undefined;
}
