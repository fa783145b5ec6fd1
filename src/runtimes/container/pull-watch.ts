import { boundBy } from '../../base/bound-signal.ts';
import type { Clock } from '../../base/clock.ts';

/** What a pull is at: its layers come from the registry, or all that were named have come and are being unpacked. */
export type PullStage = 'fetching' | 'unpacking';

/**
 * How long a pull may tell nothing new. Engines tell of a layer that comes once a second or more often, however slowly
 * it comes (Podman 4.3, measured); of unpacking Podman tells nothing at all, and a slow disk takes long.
 */
export const longestSilenceMs: Readonly<Record<PullStage, number>> = {
  fetching: 5 * 60_000,
  unpacking: 30 * 60_000,
};

const lookEveryMs = 5_000;

/** Watches a pull, and aborts it when nothing new comes of it for too long. */
export class PullWatch {
  /** Aborted with the caller's own signal too. */
  readonly signal: AbortSignal;
  private readonly clock: Clock;
  private readonly over = new AbortController();
  private readonly stall = new AbortController();
  private readonly release: () => void;
  private stage: PullStage = 'fetching';
  private lastMs: number;

  constructor(clock: Clock, signal: AbortSignal | undefined) {
    const bound = boundBy([this.stall.signal, ...(signal === undefined ? [] : [signal])]);
    this.signal = bound.signal;
    this.release = bound.release;
    this.clock = clock;
    this.lastMs = clock.monotonicMs();
    this.watch().catch(() => undefined);
  }

  /** Something new came. */
  alive(stage: PullStage): void {
    this.stage = stage;
    this.lastMs = this.clock.monotonicMs();
  }

  /** For how long nothing had come when it was ended for that; undefined when it was not. */
  get stalledMs(): number | undefined {
    return this.stall.signal.aborted ? this.clock.monotonicMs() - this.lastMs : undefined;
  }

  end(): void {
    this.over.abort();
    this.release();
  }

  private async watch(): Promise<void> {
    while (this.clock.monotonicMs() - this.lastMs < longestSilenceMs[this.stage]) {
      await this.clock.sleep(lookEveryMs, this.over.signal);
    }
    this.stall.abort();
  }
}
