import { ensureFolder } from '../base/atomic-files.ts';
import type { Clock } from '../base/clock.ts';
import { lockFolder } from '../base/folder-lock.ts';
import { artifactErrors } from './errors.ts';
import type { LockContent, LockFile } from './lock-file.ts';

/** A change takes milliseconds: whoever holds the turn for so long hangs. */
const patienceMs = 20_000;
const lookEveryMs = 25;

/** Where the turns at one lock file are taken. */
export interface LockTurns {
  readonly lock: LockFile;
  /** `artifacts` of the root. */
  readonly folder: string;
  readonly clock: Clock;
}

/**
 * Changes the lock file in one turn, from what it holds at that moment: a supervisor that pins and a command that updates may
 * want to at once, and neither may lose what the other wrote. `make` says undefined when nothing is to change.
 * Throws EPH-ARTIFACT-LOCK-BUSY.
 */
export async function changeLock(
  { lock, folder, clock }: LockTurns,
  make: (now: LockContent) => LockContent | undefined,
): Promise<void> {
  await ensureFolder(folder);
  const deadlineMs = clock.monotonicMs() + patienceMs;
  for (;;) {
    const turn = await lockFolder(folder);
    if (turn.kind === 'held') {
      try {
        const next = make(await lock.readAll());
        if (next !== undefined) await lock.write(next);
        return;
      } finally {
        await turn.release();
      }
    }
    if (clock.monotonicMs() >= deadlineMs) {
      const problem = `process ${turn.pid} is changing it and does not end`;
      throw artifactErrors.create('EPH-ARTIFACT-LOCK-BUSY', { path: lock.path, problem });
    }
    await clock.sleep(lookEveryMs);
  }
}
