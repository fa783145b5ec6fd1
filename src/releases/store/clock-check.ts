import { type Answer, known, unknown } from '../../base/answer.ts';
import { untilAborted } from '../../base/bound-signal.ts';
import { type Clock, systemClock } from '../../base/clock.ts';
import type { HttpClient } from '../../base/http.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { type ClockSkewMeter, skewWarningMs } from '../clock-skew.ts';

const askAgainMs = 60_000;
const headersTimeoutMs = 5_000;

/**
 * Keeps a measurement of our clock at hand. Where releases give none, or one that is far off, it asks the sources
 * for nothing but their date, at most once a minute, and waits for the answer only in `measuredMs`.
 */
export class ClockCheck {
  private readonly meter: ClockSkewMeter;
  private readonly http: HttpClient;
  private readonly urls: readonly string[];
  private readonly clock: Clock;
  private askedMs = Number.NEGATIVE_INFINITY;
  private asking: Promise<unknown> = Promise.resolve();

  constructor(parts: {
    readonly meter: ClockSkewMeter;
    readonly http: HttpClient;
    readonly definition: NetworkDefinition;
    readonly clock?: Clock;
  }) {
    this.meter = parts.meter;
    this.http = parts.http;
    this.clock = parts.clock ?? systemClock;
    this.urls = parts.definition.releaseSources.flatMap((source) =>
      source.kind === 'directory' ? [] : [source.url],
    );
  }

  /** Ours minus theirs. One host alone that finds us far off is not believed: its clock may be the wrong one. */
  skewMs(): Answer<number> {
    const measured = this.meter.measure();
    const isFar = measured.known && Math.abs(measured.value.skewMs) > skewWarningMs;
    if (!measured.known || isFar) this.ask();
    if (!measured.known) return measured;
    const { skewMs, hosts } = measured.value;
    if (!isFar || hosts.length > 1) return known(skewMs);
    const seconds = Math.round(skewMs / 1000);
    return unknown(`only ${hosts[0] ?? 'one host'} could be asked, and it differs by ${seconds} s`);
  }

  /** As `skewMs`, after whoever had to be asked for it has answered or has not in time; at once when `patience` aborts. */
  async measuredMs(patience: AbortSignal): Promise<Answer<number>> {
    // What is known by then is the answer; the requests go on for others who wait for them.
    if (!this.skewMs().known) await untilAborted(this.asking, patience).catch(() => undefined);
    return this.skewMs();
  }

  private ask(): void {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - this.askedMs < askAgainMs) return;
    this.askedMs = nowMs;
    const requests = this.urls.map((url) =>
      this.http.request({ url, method: 'HEAD', headersTimeoutMs }).then(
        (answer) => answer.discard(),
        // No answer, no measurement: that is what `measure` says already.
        () => undefined,
      ),
    );
    this.asking = Promise.all(requests);
  }
}
