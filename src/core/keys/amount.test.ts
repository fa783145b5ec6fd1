import { expect, it } from 'vitest';
import { readDepositAmount, readWithdrawalAmount } from './amount.ts';
import { overCounted } from './compounding.ts';

it('deposits are of 1 to 2048 ETH', () => {
  expect(['1', '2048', '1024.5'].map(readDepositAmount)).toEqual([1e9, 2048e9, 1024.5e9]);
  for (const given of ['0.999999999', '2048.000000001', '1.0000000001', '-1', '1e3', ''])
    expect(() => readDepositAmount(given)).toThrow(expect.objectContaining({ code: 'EPH-KEYS-AMOUNT' }));
});

it('any positive amount can be withdrawn', () => {
  expect(['0.000000001', '0.25', '4', '5000'].map(readWithdrawalAmount)).toEqual([
    1, 250_000_000, 4e9, 5000e9,
  ]);
  for (const given of ['0', '0.0', '0.0000000001', '-1', '1000000', 'all'])
    expect(() => readWithdrawalAmount(given)).toThrow(
      expect.objectContaining({ code: 'EPH-KEYS-WITHDRAWAL-AMOUNT' }),
    );
});

it('over 32 ETH count with 0x02 credentials alone', () => {
  expect(overCounted('0x02', 2048e9)).toBeUndefined();
  expect([overCounted('0x01', 32e9), overCounted('0x00', 32e9)]).toEqual([undefined, undefined]);
  expect(overCounted('0x01', 32e9 + 1)).toContain('paid out');
  expect(overCounted('0x00', 33e9)).toContain('idle');
});
