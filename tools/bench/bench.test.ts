import { expect, it } from 'vitest';
import { benchmarksPage } from './page.ts';
import { type BenchResult, keepsLimits, median, shareOfLimit } from './result.ts';

const result: BenchResult = {
  name: 'genesis',
  what: 'genesis of 30,200 validators',
  unit: 's',
  limit: { value: 3 },
  memoryLimitMb: 500,
  runs: 5,
  median: 1.5,
  smallest: 1.234567,
  largest: 2,
  peakMemoryMb: 250,
  machine: { platform: 'linux x64', cores: 2, memoryGb: 8, node: '20.20.2' },
};

it('takes the middle, or the mean of the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([1, 2, 9, 4])).toBe(3);
});

it('says which share of a limit is used, whichever way it points', () => {
  expect(shareOfLimit(result)).toBe(0.5);
  expect(shareOfLimit({ ...result, median: 40, limit: { value: 20, sense: 'at-least' } })).toBe(0.5);
});

it('misses a limit by its value or by its memory', () => {
  expect(keepsLimits(result)).toBe(true);
  expect(keepsLimits({ ...result, median: 3.01 })).toBe(false);
  expect(keepsLimits({ ...result, median: 19, limit: { value: 20, sense: 'at-least' } })).toBe(false);
  expect(keepsLimits({ ...result, peakMemoryMb: 501 })).toBe(false);
});

it('writes a row with figures and limits', () => {
  expect(benchmarksPage([result])).toContain(
    '| `genesis` | genesis of 30,200 validators | 1.5 s | 1.23 to 2 | 5 | at most 3 s | 0.50 | 250 MB of 500 MB | 0.50 |',
  );
  expect(benchmarksPage([result])).toContain('linux x64, 2 cores, 8 GB of memory, Node 20.20.2');
});
