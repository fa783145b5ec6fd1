import { expect, it } from 'vitest';
import { ResumedLines } from './resumed-lines.ts';

const at = (fraction: string, text: string) => `2026-01-02T03:04:05.${fraction}Z ${text}`;

it('gives each line once over a cut, those of one moment too', () => {
  const lines = new ResumedLines();
  const take = (...given: string[]) => given.flatMap((line) => lines.take(line) ?? []);
  lines.begin();
  expect(take(at('1', 'a'), at('2', 'b'), at('2', 'c'))).toEqual(['a', 'b', 'c']);
  expect(lines.sinceSeconds).toBe(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);
  lines.begin();
  expect(take(at('1', 'a'), at('200000000', 'b'), at('2', 'c'), at('2', 'd'), at('3', 'e'))).toEqual([
    'd',
    'e',
  ]);
});

it('reads times of other zones, and leaves a line without time as it is', () => {
  const lines = new ResumedLines();
  expect(lines.take('2026-01-02T05:04:05+02:00 x')).toBe('x');
  expect(lines.sinceSeconds).toBe(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);
  expect(lines.take('no time')).toBe('no time');
});
