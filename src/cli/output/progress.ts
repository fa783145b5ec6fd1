import type { Clock } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { Output } from './output.ts';

const silentForMs = 2_000;
const everyMs = 10_000;

/** Says on standard error that `what` is still under way, once it lasts over two seconds and now and then after. */
export async function withProgress<T>(
  { output, clock }: { readonly output: Output; readonly clock: Clock },
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const startedMs = clock.monotonicMs();
  const telling = (async () => {
    for (let pauseMs = silentForMs; ; pauseMs = everyMs) {
      await clock.sleep(pauseMs, done.signal);
      output.note(`${what}… (${formatDuration(clock.monotonicMs() - startedMs)})`);
    }
  })().catch(() => undefined);
  try {
    return await work();
  } finally {
    done.abort();
    await telling;
  }
}
