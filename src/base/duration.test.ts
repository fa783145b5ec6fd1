import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

describe('durations', () => {
  it.each([
    ['1s', 1_000],
    ['2m', 120_000],
    ['28d', 2_419_200_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['0.5s', 500],
  ])('reads %s', (text, durationMs) => expect(parseDuration(text)).toBe(durationMs));

  it.each(['', '1', 's', '1 s', '-1s', '0s', '1s2', '1w', '1e9d', '9999999999999d'])('refuses "%s"', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );

  it.each([
    [0, '0ms'],
    [850, '850ms'],
    [1_000, '1s'],
    [90_000, '1m 30s'],
    [120_000, '2m'],
    [86_400_000 * 27 + 3_600_000 * 4 + 60_000, '27d 4h'],
    [86_400_000 + 60_000, '1d'],
  ])('writes %d ms as %s', (durationMs, text) => expect(formatDuration(durationMs)).toBe(text));

  it('reads back what it wrote, to the precision of two units', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000, max: 60 * 86_400_000 }), (durationMs) => {
        const readMs = parseDuration(formatDuration(durationMs).replaceAll(' ', '')) ?? 0;
        expect(Math.abs(readMs - durationMs)).toBeLessThan(3_600_000 + 1_000);
      }),
    );
  });
});
