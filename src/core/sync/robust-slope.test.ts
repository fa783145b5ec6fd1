import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { robustSlope } from './robust-slope.ts';

const line = (perSecond: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ atMs: index * 10_000, value: perSecond * index * 10 }));

describe('the robust slope', () => {
  it('says nothing of too few points', () => {
    expect(robustSlope(line(1, 3))).toBeUndefined();
    expect(robustSlope([])).toBeUndefined();
  });

  it('is the slope of a line, however long', () => {
    expect(robustSlope(line(2.5, 4))).toEqual({ perSecond: 2.5, low: 2.5, high: 2.5 });
    expect(robustSlope(line(2.5, 500))?.perSecond).toBeCloseTo(2.5);
  });

  it('is not moved by a quarter of the points being anything at all', () => {
    const value = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 10, maxLength: 10 }), (wild) => {
        const points = line(3, 40).map((point, index) =>
          index % 4 === 1 ? { ...point, value: wild[Math.floor(index / 4)] ?? 0 } : point,
        );
        expect(robustSlope(points)?.perSecond).toBeCloseTo(3, 6);
      }),
    );
  });

  it('has a band that holds the speeds of both halves', () => {
    const points = line(1, 12).map((point, index) => ({
      ...point,
      value: index < 6 ? index : 6 + (index - 6) * 3,
    }));
    const slope = robustSlope(points);
    expect(slope?.low).toBeLessThan(slope?.perSecond ?? 0);
    expect(slope?.high).toBeGreaterThan(slope?.perSecond ?? 0);
  });

  it('takes points of the same moment', () => {
    expect(robustSlope([0, 0, 0, 0].map((atMs) => ({ atMs, value: 1 })))).toBeUndefined();
  });
});
