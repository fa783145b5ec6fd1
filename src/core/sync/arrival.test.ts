import { describe, expect, it } from 'vitest';
import { arrivalOf } from './arrival.ts';

const slope = (perSecond: number, low = perSecond, high = perSecond) => ({ perSecond, low, high });
const head = 1 / 12;

describe('the arrival at the head', () => {
  it('is longer than distance by speed, because the head moves on', () => {
    // 1,000 behind at one a second: the head makes 90.9 more meanwhile.
    expect(arrivalOf(1_000, slope(1), head)).toMatchObject({ kind: 'coming', inMs: 1_090_909 });
  });

  it('has a band, open where the slower half would never arrive', () => {
    const arrival = arrivalOf(1_000, slope(1, 0.05, 2), head);
    expect(arrival).toMatchObject({ kind: 'coming', earliestInMs: 521_739 });
    expect(arrival).not.toHaveProperty('latestInMs');
    expect(arrivalOf(1_000, slope(1, 0.5, 2), head)).toMatchObject({ latestInMs: 2_400_000 });
  });

  it('is never at the speed of the network itself, and there without a distance', () => {
    expect(arrivalOf(10, slope(head), head)).toEqual({ kind: 'never' });
    expect(arrivalOf(10, slope(-5), head)).toEqual({ kind: 'never' });
    expect(arrivalOf(0, undefined, head)).toEqual({ kind: 'there' });
    expect(arrivalOf(10, undefined, head)).toEqual({ kind: 'unmeasured' });
  });
});
