import { describe, expect, it } from 'vitest';
import { known, unknown } from '../base/answer.ts';
import type { HttpExchange } from '../base/http.ts';
import { VirtualClock } from '../base/virtual-clock.ts';
import { ClockSkewMeter, skewFindings } from './clock-skew.ts';

const nowMs = Date.parse('2026-12-17T19:00:00Z');

/** An exchange with a server whose clock is this far from ours. */
function exchange(host: string, theirsAheadMs: number, more: Partial<HttpExchange> = {}): HttpExchange {
  const date = new Date(nowMs + theirsAheadMs).toUTCString();
  return { host, date, ageSeconds: 0, askedAtMs: nowMs, answeredAtMs: nowMs + 1_000, ...more };
}

function measured(...exchanges: HttpExchange[]) {
  const meter = new ClockSkewMeter(new VirtualClock(nowMs));
  for (const each of exchanges) meter.observe(each);
  return meter.measure();
}

describe('the skew of this host’s clock', () => {
  it('is ours minus theirs', () => {
    expect(measured(exchange('a', -60_000))).toEqual(known({ skewMs: 60_000, hosts: ['a'] }));
    expect(measured(exchange('a', 60_000))).toEqual(known({ skewMs: -60_000, hosts: ['a'] }));
  });

  it('of two hosts that differ is the smaller: one wrong server is not a wrong clock', () => {
    expect(measured(exchange('a', 3_600_000), exchange('b', 0))).toMatchObject({ value: { skewMs: 0 } });
    expect(measured(exchange('a', 90_000), exchange('b', 90_000))).toMatchObject({
      value: { skewMs: -90_000 },
    });
  });

  it.each<[string, Partial<HttpExchange>]>([
    ['without a date', { date: undefined }],
    ['with a date that is none', { date: 'yesterday' }],
    ['out of a cache', { ageSeconds: 3_600 }],
    ['that took long', { answeredAtMs: nowMs + 11_000 }],
    ['during which our clock was set back', { answeredAtMs: nowMs - 5_000 }],
  ])('is not measured by an answer %s', (_, more) => {
    expect(measured(exchange('a', 90_000, more)).known).toBe(false);
  });

  it('is not known any more half an hour later, or after our clock was set', async () => {
    const clock = new VirtualClock(nowMs);
    const meter = new ClockSkewMeter(clock);
    meter.observe(exchange('a', 200_000));
    await clock.advance(29 * 60_000);
    expect(meter.measure()).toMatchObject({ value: { skewMs: -200_000 } });
    clock.jump(200_000);
    expect(meter.measure().known).toBe(false);
    meter.observe(exchange('a', 0));
    await clock.advance(31 * 60_000);
    expect(meter.measure().known).toBe(false);
  });

  it('is told beyond 30 s, and when it is not known, never as critical', () => {
    expect(skewFindings(known({ skewMs: 30_000, hosts: ['a'] }))).toEqual([]);
    expect(skewFindings(known({ skewMs: -30_001, hosts: ['a'] }))).toMatchObject([
      { code: 'EPH-RELEASE-CLOCK-SKEW', severity: 'warning', facts: { skewSeconds: -30 } },
    ]);
    expect(skewFindings(unknown('nobody answered'))).toMatchObject([
      { code: 'EPH-RELEASE-CLOCK-UNMEASURED', severity: 'info' },
    ]);
  });
});
