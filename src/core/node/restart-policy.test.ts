import { describe, expect, it } from 'vitest';
import { restartWaitMs } from './restart-policy.ts';

describe('the pause before a client is started again', () => {
  it('is none at first, then doubles up to a minute, and counts from the exit', () => {
    const waits = [0, 1, 2, 3, 7, 50].map((count) => restartWaitMs({ count, sinceLastMs: 0 }));
    expect(waits).toEqual([0, 1_000, 2_000, 4_000, 60_000, 60_000]);
    expect(restartWaitMs({ count: 3, sinceLastMs: 3_500 })).toBe(500);
    expect(restartWaitMs({ count: 3, sinceLastMs: 9_000 })).toBe(0);
  });
});
