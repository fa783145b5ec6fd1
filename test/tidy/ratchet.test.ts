import { expect, it } from 'vitest';
import { type Bound, shrink } from './ratchet.ts';

const bound: Bound = { rule: 'file-lines', unit: 'lines', limit: 500 };

it('shrinks the baseline to what is there and never raises it', () => {
  const before = { 'file-lines': { grown: 600, cut: 700, short: 800, gone: 900 }, other: { kept: 1 } };
  const measures = [
    { path: 'grown', value: 650 },
    { path: 'cut', value: 650 },
    { path: 'short', value: 400 },
    { path: 'new', value: 1_000 },
  ];
  expect(shrink(bound, measures, before)).toEqual({
    'file-lines': { grown: 600, cut: 650 },
    other: { kept: 1 },
  });
});
