import { describe, expect, it } from 'vitest';
import type { HttpClient, HttpRequest } from '../../base/http.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { ClockSkewMeter } from '../clock-skew.ts';
import { ClockCheck } from './clock-check.ts';

const patient = new AbortController().signal;
const nowMs = Date.parse('2026-12-17T19:00:00Z');

function checked(answers: (url: string) => Promise<void> = async () => undefined) {
  const clock = new VirtualClock(nowMs);
  const meter = new ClockSkewMeter(clock);
  const asked: string[] = [];
  const http = {
    request: async ({ url }: HttpRequest) => {
      asked.push(url);
      await answers(url);
      return { discard: () => undefined };
    },
  } as unknown as HttpClient;
  const observe = (host: string, theirsAheadMs: number) =>
    meter.observe({
      host,
      date: new Date(nowMs + theirsAheadMs).toUTCString(),
      ageSeconds: 0,
      askedAtMs: nowMs,
      answeredAtMs: nowMs + 1_000,
    });
  return { clock, asked, observe, check: new ClockCheck({ meter, http, definition: publicNetwork, clock }) };
}

describe('the check of our clock', () => {
  it('asks every source while nothing is known, at most once a minute', async () => {
    const { check, asked, clock } = checked();
    expect(check.skewMs().known).toBe(false);
    check.skewMs();
    expect(asked).toHaveLength(2);
    await clock.advance(60_000);
    check.skewMs();
    expect(asked).toHaveLength(4);
  });

  it('waits for the answers where it is told to, and for nobody else', async () => {
    const told: ((host: string, theirsAheadMs: number) => void)[] = [];
    const { check, asked, observe } = checked(async (url) => {
      await Promise.resolve();
      told[0]?.(new URL(url).host, 300_000);
    });
    told.push(observe);
    expect(await check.measuredMs(patient)).toEqual({ known: true, value: -300_000 });
    expect(await check.measuredMs(patient)).toMatchObject({ known: true });
    expect(asked).toHaveLength(2);
  });

  it('does not wait for ever for answers that do not come', async () => {
    const { check } = checked(() => Promise.reject(new Error('no answer')));
    expect(await check.measuredMs(patient)).toMatchObject({ known: false });
  });

  it('is not waited for once patience is over, and is there for who waits on', async () => {
    const answered: (() => void)[] = [];
    const { check, asked, observe } = checked(() => new Promise((resolve) => answered.push(resolve)));
    const patience = new AbortController();
    const impatient = check.measuredMs(patience.signal);
    const waiting = check.measuredMs(patient);
    patience.abort();
    expect(await impatient).toMatchObject({ known: false });
    for (const url of asked) observe(new URL(url).host, 2_000);
    for (const answer of answered) answer();
    expect(await waiting).toEqual({ known: true, value: -2_000 });
    expect(asked).toHaveLength(2);
  });

  it('asks nobody while the clock is right', () => {
    const { check, asked, observe } = checked();
    observe('a', 1_000);
    expect(check.skewMs()).toEqual({ known: true, value: -1_000 });
    expect(asked).toEqual([]);
  });

  it('does not believe one host alone that we are far off, and believes two', () => {
    const { check, asked, observe } = checked();
    observe('a', 300_000);
    expect(check.skewMs()).toMatchObject({ known: false, reason: expect.stringContaining('-300 s') });
    expect(asked).toHaveLength(2);
    observe('b', 290_000);
    expect(check.skewMs()).toEqual({ known: true, value: -290_000 });
  });
});
