import { describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { scheduleOf } from '../../core/network/schedule.ts';
import type { NodeEnvironment, NodeReleases } from './node-environment.ts';
import { ReleaseDesk } from './release-desk.ts';

const startMs = scheduleOf(publicNetwork, 167).startSeconds * 1000;
const minuteMs = 60_000;

function deskAt(nowMs: number) {
  const clock = new VirtualClock(nowMs);
  const asked: { iteration: number; refresh: boolean }[] = [];
  const askedAtMs: number[] = [];
  const releases: NodeReleases = {
    held: async () => [],
    obtain: async (iteration, _signal, how) => {
      asked.push({ iteration, refresh: how?.refresh === true });
      askedAtMs.push(clock.nowMs());
      return how?.refresh === true ? { answer: 'found' } : { answer: 'not-yet', detail: 'HTTP 404' };
    },
    findings: () => [],
  };
  const env = { clock, releases, log: silentLog, random: seededRandom('desk') } as unknown as NodeEnvironment;
  const desk = new ReleaseDesk(env, { periodSeconds: publicNetwork.periodSeconds, arrived: () => undefined });
  const signal = new AbortController().signal;
  return {
    clock,
    asked,
    askedAtMs,
    look: () => desk.recheck(publicNetwork, [166, 167], signal),
    want: () => desk.want([167], signal),
  };
}

describe('asking for a release that is not there yet', () => {
  it('goes on for ever, from 15 to 60 seconds apart on the public network', async () => {
    const { clock, askedAtMs, want } = deskAt(startMs);
    for (let second = 0; second < 3_600; second += 1) {
      want();
      await clock.advance(1_000);
    }
    const pauses = askedAtMs.slice(1).map((at, index) => at - (askedAtMs[index] ?? 0));
    // Each is seen up to a second late, as this looks once a second.
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(15_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(61_000);
    expect(Math.max(...pauses)).toBeGreaterThan(40_000);
    expect(askedAtMs.at(-1)).toBeGreaterThan(startMs + 3_500_000);
  });
});

describe('asking again for releases that are held', () => {
  it('asks for both iterations about T, each when it is due, and past what is held', async () => {
    const { clock, asked, look } = deskAt(startMs - 60 * minuteMs);
    look();
    expect(asked).toEqual([]);
    for (let minute = 0; minute < 16; minute += 1) {
      await clock.advance(minuteMs);
      look();
    }
    expect(asked).toEqual([{ iteration: 167, refresh: true }]);
  });

  it('asks once a day for the rest of its life', async () => {
    const { clock, asked, look } = deskAt(startMs + 6 * 60 * minuteMs);
    for (let hour = 0; hour < 49; hour += 1) {
      look();
      await clock.advance(60 * minuteMs);
    }
    expect(asked.filter(({ iteration }) => iteration === 167)).toHaveLength(2);
  });
});
