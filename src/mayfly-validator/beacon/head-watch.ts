import type { Clock } from '../../base/clock.ts';
import type { BeaconHttp } from './beacon-http.ts';
import { type HeadEvent, headEventShape } from './shapes.ts';

const reconnectMs = 1_000;

/** Follows the head events of the beacon node, so that votes need not wait where the block is there. */
export class HeadWatch {
  private readonly listeners = new Set<(event: HeadEvent) => void>();
  private latest: HeadEvent | undefined;

  /** The last head that was told of. */
  get head(): HeadEvent | undefined {
    return this.latest;
  }

  subscribe(listener: (event: HeadEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves once the head is of this slot or later, or with the signal. */
  reached(slot: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || (this.latest?.slot ?? -1) >= slot) return resolve();
      const done = () => {
        leave();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const leave = this.subscribe((event) => {
        if (event.slot >= slot) done();
      });
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** Listens until the signal, and again after each break. Without events, duties go by the clock alone. */
  async run(http: BeaconHttp, clock: Clock, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const { data } of http.events('/eth/v1/events?topics=head')) this.take(data);
      } catch {
        // Whether the node is there is told by the duties themselves.
      }
      await clock.sleep(reconnectMs, signal).catch(() => undefined);
    }
  }

  private take(data: string): void {
    const event = headEventShape.safeParse(JSON.parse(data));
    if (!event.success) return;
    this.latest = event.data;
    for (const listener of [...this.listeners]) listener(event.data);
  }
}
