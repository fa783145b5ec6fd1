import { expect, it } from 'vitest';
import { plainStyle } from '../output/style.ts';
import { listDepositsText } from './deposits-text.ts';

it('where no deposit was signed, the iteration that was looked at is named', () => {
  const report = { network: 'mine', iteration: 8, from: 7, deposits: [], notes: [] };
  expect(listDepositsText(report, plainStyle).split('\n')).toEqual([
    'mine, iteration 8',
    'No deposit of iteration 7 was signed here.',
  ]);
});
