import type { Clock } from '../../base/clock.ts';
import type { FetchProgress } from '../../base/fetches.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

type FetchEvent = Extract<SupervisorEvent, { type: 'fetch.progress' }>;

const everyMs = 2_000;

/** Makes events of what is fetched: of each thing every two seconds, and of those that were told of, the end. */
export class ToldFetches {
  private readonly clock: Clock;
  private readonly emit: (event: FetchEvent) => void;
  private readonly toldMs = new Map<string, { lastMs: number; isTold: boolean }>();

  constructor(clock: Clock, emit: (event: FetchEvent) => void) {
    this.clock = clock;
    this.emit = emit;
  }

  take(progress: FetchProgress): void {
    const nowMs = this.clock.monotonicMs();
    const { what, bytes, totalBytes } = progress;
    const known = this.toldMs.get(what);
    const isDone = totalBytes !== undefined && totalBytes > 0 && bytes >= totalBytes;
    const isDue = known !== undefined && (nowMs - known.lastMs >= everyMs || (isDone && known.isTold));
    if (isDue) this.emit({ type: 'fetch.progress', ...progress });
    // What is whole may be followed by more: of an image not every layer is known at first.
    if (isDone && isDue) this.toldMs.set(what, { lastMs: nowMs, isTold: false });
    else if (known === undefined || isDue) this.toldMs.set(what, { lastMs: nowMs, isTold: isDue });
  }
}
