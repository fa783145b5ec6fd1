import { expect, it } from 'vitest';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { ToldFetches } from './told-fetches.ts';

const total = 100_000_000;

it('tells of what takes long, every two seconds, and of its end', async () => {
  const clock = new VirtualClock(0);
  const told: (readonly [atMs: number, what: string, bytes: number])[] = [];
  const fetches = new ToldFetches(clock, ({ what, bytes }) => told.push([clock.monotonicMs(), what, bytes]));
  for (let tenth = 0; tenth <= 55; tenth += 1) {
    if (tenth <= 10) fetches.take({ what: 'quick', bytes: tenth * 10, totalBytes: 100 });
    const bytes = Math.min(total, tenth * 2_000_000);
    if (tenth <= 50) fetches.take({ what: 'slow', bytes, totalBytes: total });
    fetches.take({ what: 'endless', bytes });
    await clock.advance(100);
  }
  expect(told).toEqual([
    [2_000, 'slow', 40_000_000],
    [2_000, 'endless', 40_000_000],
    [4_000, 'slow', 80_000_000],
    [4_000, 'endless', 80_000_000],
    [5_000, 'slow', total],
  ]);
});
