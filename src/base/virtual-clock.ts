import { type Clock, maxSleepMs } from './clock.ts';

interface Sleeper {
  readonly dueMs: number;
  readonly wake: () => void;
}

/**
 * A clock that moves only when told, for simulations and stepped networks. `advance` wakes sleepers
 * in order of their due time, so a year passes in seconds and in the same order every time.
 */
export class VirtualClock implements Clock {
  private wallMs: number;
  private steadyMs = 0;
  private sleepers: Sleeper[] = [];

  constructor(startMs: number) {
    this.wallMs = startMs;
  }

  nowMs(): number {
    return this.wallMs;
  }

  monotonicMs(): number {
    return this.steadyMs;
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    if (durationMs > maxSleepMs) throw new RangeError(`sleep of ${durationMs} ms exceeds ${maxSleepMs} ms`);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        this.sleepers = this.sleepers.filter((s) => s !== sleeper);
        reject(signal?.reason);
      };
      const sleeper: Sleeper = {
        dueMs: this.steadyMs + Math.max(0, durationMs),
        wake: () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Moves both clocks forward, waking sleepers as their time comes and letting each run before the next. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.steadyMs + durationMs;
    for (;;) {
      await settle();
      const next = this.sleepers.reduce<Sleeper | undefined>(
        (first, s) => (s.dueMs <= endMs && (first === undefined || s.dueMs < first.dueMs) ? s : first),
        undefined,
      );
      if (next === undefined) break;
      this.sleepers = this.sleepers.filter((s) => s !== next);
      this.moveTo(next.dueMs);
      next.wake();
    }
    this.moveTo(endMs);
    await settle();
  }

  /** A jump of the wall clock alone, either way, as a bad time server makes it. */
  jump(deltaMs: number): void {
    this.wallMs += deltaMs;
  }

  private moveTo(steadyMs: number): void {
    if (steadyMs <= this.steadyMs) return;
    this.wallMs += steadyMs - this.steadyMs;
    this.steadyMs = steadyMs;
  }
}

/** Lets every promise that is ready run: a macrotask comes after all queued microtasks. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
