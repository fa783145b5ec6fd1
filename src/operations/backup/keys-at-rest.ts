import { stat } from 'node:fs/promises';
import { isEphemeryError } from '../../base/errors.ts';
import { backupPurpose, withKeyLock } from '../keys/key-sets.ts';
import type { Services } from '../services.ts';

const patienceMs = 60_000;
const lookMs = 100;
/** What ends by then was no waiting worth a word. */
const silentMs = 1_000;

export interface AtRest {
  readonly signal?: AbortSignal | undefined;
  /** Told once who is waited for, when that lasts. */
  readonly onWait?: ((why: string) => void) | undefined;
}

/**
 * Does something while nobody else changes keys: of an import or a restore, a backup has all or nothing. A command that
 * holds the lock on the keys itself makes its backup under it. Throws EPH-ROOT-LOCKED when another does not end in a minute.
 */
export async function withKeysAtRest<T>(
  services: Pick<Services, 'paths' | 'clock' | 'random' | 'host'>,
  work: () => Promise<T>,
  { signal, onWait }: AtRest = {},
): Promise<T> {
  const { paths, clock } = services;
  if (!(await isThere(paths.keys))) return work();
  const sinceMs = clock.monotonicMs();
  let hasBegun = false;
  let isTold = false;
  const begin = () => {
    hasBegun = true;
    return work();
  };
  for (;;) {
    try {
      return await withKeyLock(services, backupPurpose, begin);
    } catch (thrown) {
      if (hasBegun || !isEphemeryError(thrown, 'EPH-ROOT-LOCKED')) throw thrown;
      if (thrown.facts.pid === process.pid) return work();
      const waitedMs = clock.monotonicMs() - sinceMs;
      if (waitedMs >= patienceMs) throw thrown;
      if (waitedMs >= silentMs && !isTold) {
        const { purpose, pid } = thrown.facts;
        onWait?.(`Waiting for \`${purpose}\` (process ${pid}), which is at the keys`);
        isTold = true;
      }
      await clock.sleep(lookMs, signal);
    }
  }
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}
