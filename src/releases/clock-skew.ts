import { type Answer, known, unknown } from '../base/answer.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import type { HttpExchange } from '../base/http.ts';
import type { Finding } from '../core/findings/finding.ts';
import { releaseFindings } from '../core/findings/release.ts';

export interface MeasuredSkew {
  /** Ours minus theirs: above zero, this host's clock is ahead. The median over the hosts. */
  readonly skewMs: number;
  readonly hosts: readonly string[];
}

/** Skew above this is worth a warning; clients lose peers and duties not far beyond it. */
export const skewWarningMs = 30_000;

const slowestExchangeMs = 10_000;
const oldestMs = 30 * 60_000;
/** The wall clock moved by more than this against the steady one: somebody set it, or the machine slept. */
const settingMs = 5_000;

interface Voice {
  readonly skewMs: number;
  /** Monotonic. */
  readonly atMs: number;
  /** Wall clock minus monotonic, when it was measured. */
  readonly offsetMs: number;
}

/**
 * Measures this host's clock by the Date of answers that come anyway. Date has whole seconds and a request
 * takes its time, so a second or two mean nothing. Answers out of a cache and slow ones are left out.
 */
export class ClockSkewMeter {
  private readonly clock: Clock;
  private readonly voices = new Map<string, Voice>();

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
  }

  /** Give it to the HTTP client as `onExchange`. */
  readonly observe = (exchange: HttpExchange): void => {
    const theirsMs = exchange.date === undefined ? Number.NaN : Date.parse(exchange.date);
    const durationMs = exchange.answeredAtMs - exchange.askedAtMs;
    const usable = durationMs >= 0 && durationMs <= slowestExchangeMs && exchange.ageSeconds === 0;
    if (Number.isNaN(theirsMs) || !usable) return;
    const oursMs = exchange.askedAtMs + durationMs / 2;
    const atMs = this.clock.monotonicMs();
    const skewMs = oursMs - (theirsMs + 500);
    this.voices.set(exchange.host, { skewMs, atMs, offsetMs: this.clock.nowMs() - atMs });
  };

  measure(): Answer<MeasuredSkew> {
    this.forgetOld();
    const skews = [...this.voices.values()].map(({ skewMs }) => skewMs);
    skews.sort((a, b) => Math.abs(a) - Math.abs(b));
    // Of two hosts that differ, the one that finds less wrong: a skew needs two voices, or the only one.
    const middle = skews[Math.floor((skews.length - 1) / 2)];
    if (middle === undefined) return unknown('no answer had a usable date');
    return known({ skewMs: middle, hosts: [...this.voices.keys()] });
  }

  /** What was measured long ago, or before our clock was set, says nothing of the clock as it is now. */
  private forgetOld(): void {
    const atMs = this.clock.monotonicMs();
    const offsetMs = this.clock.nowMs() - atMs;
    for (const [host, voice] of this.voices) {
      const wasSet = Math.abs(offsetMs - voice.offsetMs) > settingMs;
      if (wasSet || atMs - voice.atMs > oldestMs) this.voices.delete(host);
    }
  }
}

/** What is worth telling of a measurement: a warning beyond 30 s, a remark when there is none. Never a reason to block. */
export function skewFindings(measured: Answer<MeasuredSkew>): readonly Finding[] {
  if (!measured.known) {
    return [releaseFindings.create('EPH-RELEASE-CLOCK-UNMEASURED', { reason: measured.reason })];
  }
  const { skewMs, hosts } = measured.value;
  if (Math.abs(skewMs) <= skewWarningMs) return [];
  const facts = { skewSeconds: Math.round(skewMs / 1_000), hosts: hosts.join(', ') };
  return [releaseFindings.create('EPH-RELEASE-CLOCK-SKEW', facts)];
}
