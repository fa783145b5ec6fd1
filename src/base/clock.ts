/**
 * Time as a dependency. The wall clock answers "what date is it" and may jump; the monotonic clock
 * answers "how long has it been" and never does. Deadlines use the second.
 */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Monotonic clock, milliseconds since an arbitrary start. */
  monotonicMs(): number;
  /**
   * Resolves after `durationMs`; rejects with the signal's reason when aborted first.
   * Throws a RangeError for more than `maxSleepMs`: long waits re-read the wall clock in a loop.
   */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/** No timer is longer: a 28-day `setTimeout` overflows and fires at once, and clocks jump meanwhile. */
export const maxSleepMs = 60_000;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep(durationMs, signal) {
    if (durationMs > maxSleepMs) throw new RangeError(`sleep of ${durationMs} ms exceeds ${maxSleepMs} ms`);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.max(0, durationMs),
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
};

/** Waits until the wall clock reads at least `targetMs`, reading it again at least once a minute. */
export async function sleepUntil(clock: Clock, targetMs: number, signal?: AbortSignal): Promise<void> {
  for (let leftMs = targetMs - clock.nowMs(); leftMs > 0; leftMs = targetMs - clock.nowMs()) {
    await clock.sleep(Math.min(leftMs, maxSleepMs), signal);
  }
}
