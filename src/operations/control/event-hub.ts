import type { Clock } from '../../base/clock.ts';
import type { EventReport } from './reports.ts';

const keptEvents = 1_000;
/** A listener that is so far behind is dropped rather than kept in memory. */
const mostWaiting = 5_000;

interface Listener {
  readonly waiting: EventReport[];
  wake: () => void;
}

/** Numbers what happens, keeps the last of it, and hands it to whoever listens. */
export class EventHub {
  private readonly clock: Clock;
  private readonly listeners = new Set<Listener>();
  private kept: EventReport[] = [];
  private seq = 0;
  private ended = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  emit(event: { readonly type: string }): void {
    this.seq += 1;
    const report: EventReport = { ...event, seq: this.seq, atMs: this.clock.nowMs() };
    this.kept = [...this.kept.slice(-(keptEvents - 1)), report];
    for (const listener of this.listeners) {
      listener.waiting.push(report);
      if (listener.waiting.length > mostWaiting) this.listeners.delete(listener);
      listener.wake();
    }
  }

  /** Ends every stream once its listener has had what was emitted. */
  end(): void {
    this.ended = true;
    for (const listener of this.listeners) listener.wake();
  }

  /** What happens from now on, or from after `since` as far as it is kept; until the signal or the end. */
  async *stream(since: number | undefined, signal: AbortSignal): AsyncGenerator<EventReport> {
    const listener: Listener = {
      waiting: since === undefined ? [] : this.kept.filter(({ seq }) => seq > since),
      wake: () => undefined,
    };
    this.listeners.add(listener);
    const onAbort = () => listener.wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        const next = listener.waiting.shift();
        if (next !== undefined) yield next;
        else if (this.ended || !this.listeners.has(listener)) return;
        else
          await new Promise<void>((resolve) => {
            listener.wake = resolve;
          });
      }
    } finally {
      this.listeners.delete(listener);
      signal.removeEventListener('abort', onAbort);
    }
  }
}
