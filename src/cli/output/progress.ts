import type { Clock } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { Output } from './output.ts';

const silentForMs = 2_000;
const everyMs = 10_000;
/** What lasts for minutes is told of each minute. */
const longMs = 120_000;
const thenEveryMs = 60_000;

/** What is being done from now on; words after a first colon are only how far it is. */
export type Step = (doing: string) => void;

/**
 * Says on standard error that `what` is still under way, once it lasts over two seconds and now and then after;
 * each further step that `work` tells of at once from then on.
 */
export async function withProgress<T>(
  { output, clock }: { readonly output: Output; readonly clock: Clock },
  what: string,
  work: (step: Step) => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const startedMs = clock.monotonicMs();
  let doing = what;
  let told = '';
  const tell = () => {
    told = doing;
    output.note(`${doing}… (${formatDuration(clock.monotonicMs() - startedMs)})`);
  };
  const step: Step = (next) => {
    doing = next;
    if (told !== '' && kindOf(told) !== kindOf(next) && !done.signal.aborted) tell();
  };
  const telling = (async () => {
    await clock.sleep(silentForMs, done.signal);
    for (;;) {
      tell();
      const isLong = clock.monotonicMs() - startedMs >= longMs;
      await clock.sleep(isLong ? thenEveryMs : everyMs, done.signal);
    }
  })().catch(() => undefined);
  try {
    return await work(step);
  } finally {
    done.abort();
    await telling;
  }
}

function kindOf(doing: string): string {
  return doing.split(': ', 1)[0] ?? doing;
}
