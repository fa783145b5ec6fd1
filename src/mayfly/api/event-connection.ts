import type { ServerResponse } from 'node:http';
import type { Clock } from '../../base/clock.ts';

/** A listener that does not read, or one of a stalled API, is cut off when so much waits for it. */
const maxWaitingBytes = 4 * 1024 * 1024;
/** After so long without an event a comment is sent, as real nodes do, so that no proxy takes the stream for dead. */
const keepAliveMs = 15_000;
const keepAlive = ':\n\n';

/** What is done to open streams now: nothing, all is held back, or they are broken off. */
export type StreamState = 'open' | 'held' | 'broken';

export interface ConnectionOptions {
  readonly raw: ServerResponse;
  readonly clock: Clock;
  readonly state: () => StreamState;
}

/** One listener of the event stream. */
export class EventConnection {
  private readonly raw: ServerResponse;
  private readonly clock: Clock;
  private readonly state: () => StreamState;
  private held: string[] = [];
  private heldBytes = 0;
  private lastWriteMs: number;

  constructor({ raw, clock, state }: ConnectionOptions) {
    this.raw = raw;
    this.clock = clock;
    this.state = state;
    this.lastWriteMs = clock.monotonicMs();
  }

  /** Sends an event now, or once the stream is not held any more. */
  send(text: string): void {
    this.held.push(text);
    this.heldBytes += Buffer.byteLength(text);
    this.settle();
  }

  /** Looks every `everyMs` whether the state of the stream has changed, and keeps it alive, until it is closed. */
  async tend(everyMs: number): Promise<void> {
    const closing = new AbortController();
    this.raw.once('close', () => closing.abort());
    while (!this.raw.destroyed && !closing.signal.aborted) {
      await this.clock.sleep(everyMs, closing.signal).catch(() => undefined);
      this.settle();
      const isSilent = this.clock.monotonicMs() - this.lastWriteMs >= keepAliveMs;
      if (isSilent && this.state() === 'open') this.write(keepAlive);
    }
  }

  private settle(): void {
    const state = this.state();
    if (state === 'broken') this.raw.destroy();
    if (state === 'open') {
      for (const text of this.held) this.write(text);
      this.held = [];
      this.heldBytes = 0;
    }
    if (this.raw.writableLength + this.heldBytes > maxWaitingBytes) this.raw.destroy();
  }

  private write(text: string): void {
    if (this.raw.destroyed) return;
    this.raw.write(text);
    this.lastWriteMs = this.clock.monotonicMs();
  }
}
