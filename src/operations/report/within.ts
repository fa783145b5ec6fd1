import type { Clock } from '../../base/clock.ts';

const patienceMs = 200;

/** What is asked for a report, unless it comes too late: a client that is busy must not hold up the answer about it. */
export async function within<T>(clock: Clock, asked: Promise<T>): Promise<T | undefined> {
  const answered = new AbortController();
  const late = clock.sleep(patienceMs, answered.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([asked, late]);
  } finally {
    answered.abort();
  }
}
