import { describe, expect, it } from 'vitest';
import { ethText, readDepositAmount } from './amount.ts';
import { consolidationRequest, requestFeeWei, withdrawalRequest } from './execution-requests.ts';
import { addressCredentials, kindOfCredentials, readAddress } from './withdrawal-credentials.ts';

const source = `0x${'a'.repeat(96)}` as const;
const target = `0x${'b'.repeat(96)}` as const;

describe('requests to the execution layer', () => {
  it('have the call data of EIP-7002: the key and the amount in gwei, big-endian', () => {
    expect(withdrawalRequest(source, 1_000_000_000)).toEqual({
      to: '0x00000961Ef480Eb55e80D19ad83579A64c007002',
      data: `${source}000000003b9aca00`,
      leastFeeWei: '1',
    });
    expect(withdrawalRequest(source, 0).data).toHaveLength(2 + 2 * 56);
  });

  it('have the call data of EIP-7251: source and target', () => {
    expect(consolidationRequest(source, target)).toEqual({
      to: '0x0000BBdDc7CE488642fb579F8B00f3a590007251',
      data: `${source}${'b'.repeat(96)}`,
      leastFeeWei: '1',
    });
  });

  // 1 wei * e^(excess / 17), which the contracts approach from below in whole numbers.
  it.each([0n, 1n, 11n, 100n, 200n, 1_000n])('cost more the longer the queue: excess %d', (excess) => {
    const fee = Number(requestFeeWei(excess));
    const exact = Math.exp(Number(excess) / 17);
    expect(fee).toBeLessThanOrEqual(exact);
    expect(fee).toBeGreaterThan(exact * 0.99 - 1);
  });
});

describe('an address for withdrawals', () => {
  // From EIP-55, "Test Cases".
  it.each([
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '0xde709f2102306220921060314715629080e2fb77',
  ])('%s is one', (address) => expect(readAddress(` ${address}\n`)).toBe(address));

  it.each([
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD',
    '0x0000000000000000000000000000000000000000',
    '5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe',
    'vitalik.eth',
  ])('%s is none', (address) => {
    expect(() => readAddress(address)).toThrow(expect.objectContaining({ code: 'EPH-KEYS-ADDRESS' }));
  });

  it('becomes credentials', () => {
    const credentials = addressCredentials('0x02', '0xde709f2102306220921060314715629080e2fb77');
    expect(Buffer.from(credentials).toString('hex')).toBe(
      `02${'0'.repeat(22)}de709f2102306220921060314715629080e2fb77`,
    );
    expect(kindOfCredentials(credentials)).toBe('0x02');
    expect(kindOfCredentials(new Uint8Array(32).fill(3))).toBeUndefined();
  });
});

describe('an amount', () => {
  it.each([
    ['1', 1_000_000_000],
    ['32', 32_000_000_000],
    ['432.123456789', 432_123_456_789],
    ['2048', 2_048_000_000_000],
    ['1.5', 1_500_000_000],
  ])('%s ETH is %d gwei, and back', (text, gwei) => {
    expect(readDepositAmount(text)).toBe(gwei);
    expect(ethText(gwei)).toBe(text);
  });

  it.each(['', '0', '0.999999999', '2048.000000001', '32e9', '-1', '1.0000000001', ' ', '1,5', 'NaN'])(
    '%j is none',
    (text) =>
      expect(() => readDepositAmount(text)).toThrow(expect.objectContaining({ code: 'EPH-KEYS-AMOUNT' })),
  );
});
