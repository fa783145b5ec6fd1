import type { Clock } from '../../base/clock.ts';
import { controlErrors } from '../control/errors.ts';
import type { EventReport, RootReport } from '../control/reports.ts';
import type { BackgroundChild } from './background-child.ts';
import type { LogTail } from './log-tail.ts';

export interface Beginning {
  readonly clock: Clock;
  readonly child: BackgroundChild;
  readonly tail: LogTail;
  /** The report of whichever supervisor keeps the root; undefined while none answers. */
  readonly ask: () => Promise<RootReport | undefined>;
  /** What the supervisor printed before it ended. */
  readonly printed: () => Promise<Error | string>;
  readonly onEvent: (event: EventReport) => void;
}

const lookEveryMs = 100;
/** It says where it is at least every few seconds; what is longer silent is stuck. */
export const longestSilenceMs = 120_000;

/**
 * What a supervisor that was just started answers first; what it does meanwhile is told. Only silence counts against
 * it: a download may take as long as it takes. Throws what kept it from coming up, EPH-CONTROL-SUPERVISOR-ENDED and
 * EPH-CONTROL-SUPERVISOR-SILENT.
 */
export async function firstReport(beginning: Beginning, signal: AbortSignal): Promise<RootReport> {
  const { clock, child, tail, ask, onEvent } = beginning;
  let heardMs = clock.monotonicMs();
  for (;;) {
    // Looked at before it is asked: one that answers after this has not ended.
    const hasEnded = child.hasEnded();
    const { isAlive, events } = await tail.news();
    for (const event of events) onEvent(event);
    if (isAlive) heardMs = clock.monotonicMs();
    const report = await ask();
    if (report !== undefined) return report;
    if (hasEnded) throw await ended(beginning);
    const silentMs = clock.monotonicMs() - heardMs;
    if (silentMs >= longestSilenceMs) {
      throw controlErrors.create('EPH-CONTROL-SUPERVISOR-SILENT', {
        pid: child.pid ?? 0,
        silentMs: Math.round(silentMs),
        lastWords: wordsOf(tail, await beginning.printed()),
      });
    }
    await clock.sleep(lookEveryMs, signal);
  }
}

async function ended({ printed, tail }: Beginning): Promise<Error> {
  const said = await printed();
  if (said instanceof Error) return said;
  return controlErrors.create('EPH-CONTROL-SUPERVISOR-ENDED', { detail: wordsOf(tail, said) });
}

function wordsOf(tail: LogTail, printed: Error | string): string {
  const said = printed instanceof Error ? printed.message : printed;
  return said || tail.lastWords || 'it said nothing';
}
