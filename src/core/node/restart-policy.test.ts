import { describe, expect, it } from 'vitest';
import { isLeftAlone, restartWaitMs } from './restart-policy.ts';

describe('the pause before a client is started again', () => {
  it('is none at first, then doubles up to a minute, and counts from the exit', () => {
    const waits = [0, 1, 2, 3, 7, 50].map((count) => restartWaitMs({ count, atOnce: 0, sinceLastMs: 0 }));
    expect(waits).toEqual([0, 1_000, 2_000, 4_000, 60_000, 60_000]);
    expect(restartWaitMs({ count: 3, atOnce: 0, sinceLastMs: 3_500 })).toBe(500);
    expect(restartWaitMs({ count: 3, atOnce: 0, sinceLastMs: 9_000 })).toBe(0);
  });
});

describe('a validator client that ends again and again', () => {
  it('is left alone after five exits at once, not after as many that came later', () => {
    const record = { count: 9, sinceLastMs: 0 };
    expect(isLeftAlone({ ...record, atOnce: 4 })).toBe(false);
    expect(isLeftAlone({ ...record, atOnce: 5 })).toBe(true);
  });
});
