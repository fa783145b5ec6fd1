import { describe, expect, it } from 'vitest';
import { publicNetwork } from './public-network.ts';
import { recheckEveryMs } from './release-recheck.ts';
import { scheduleOf } from './schedule.ts';

const startMs = scheduleOf(publicNetwork, 167).startSeconds * 1000;
const hourMs = 3_600_000;

describe('asking again for a release that is held', () => {
  it('is frequent about T, when a genesis may be published again, and rare later', () => {
    expect(recheckEveryMs(publicNetwork, 167, startMs - hourMs)).toBe(hourMs / 4);
    expect(recheckEveryMs(publicNetwork, 167, startMs + hourMs)).toBe(hourMs / 4);
    expect(recheckEveryMs(publicNetwork, 167, startMs + 3 * hourMs)).toBe(24 * hourMs);
  });

  it('happens once in the life of a short network', () => {
    const short = { ...publicNetwork, periodSeconds: 120 };
    expect(recheckEveryMs(short, 3, startMs)).toBe(120_000);
  });
});
