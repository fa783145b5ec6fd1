import type { Answer } from '../base/answer.ts';
import type { Clock } from '../base/clock.ts';
import type { ReadinessProbe } from '../core/clients/units.ts';

/** Tries a probe once: `known(true)` when it answered as wished, `known(false)` when it answered otherwise. */
export type Prober = (probe: ReadinessProbe, signal?: AbortSignal) => Promise<Answer<boolean>>;

export interface ReadinessWait {
  readonly clock: Clock;
  readonly prober: Prober;
  readonly signal?: AbortSignal;
  /** Asked between tries: false ends the wait, because a dead unit never answers. */
  readonly stillRuns?: () => Promise<boolean>;
}

export type ReadinessOutcome =
  | { readonly outcome: 'ready'; readonly tookMs: number }
  /** The unit ended meanwhile. */
  | { readonly outcome: 'ended' }
  | { readonly outcome: 'deadline'; readonly lastReason: string };

const firstWaitMs = 50;
const lastWaitMs = 500;

/**
 * Tries a probe until it answers or its deadline (monotonic) has passed. Waits grow from 50 to 500 ms: a client
 * that is ready in two seconds should not be found out after three. Rejects with the signal's reason on abort.
 */
export async function untilReady(probe: ReadinessProbe, wait: ReadinessWait): Promise<ReadinessOutcome> {
  const startedMs = wait.clock.monotonicMs();
  if (probe.kind === 'none') return { outcome: 'ready', tookMs: 0 };
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(lastWaitMs, waitMs * 1.5)) {
    const answer = await wait.prober(probe, wait.signal);
    wait.signal?.throwIfAborted();
    const tookMs = wait.clock.monotonicMs() - startedMs;
    if (answer.known && answer.value) return { outcome: 'ready', tookMs };
    if (wait.stillRuns !== undefined && !(await wait.stillRuns())) return { outcome: 'ended' };
    if (tookMs >= probe.deadlineMs) {
      return {
        outcome: 'deadline',
        lastReason: answer.known ? 'it answers, but not yet as wished' : answer.reason,
      };
    }
    await wait.clock.sleep(Math.min(waitMs, probe.deadlineMs - tookMs), wait.signal);
  }
}
