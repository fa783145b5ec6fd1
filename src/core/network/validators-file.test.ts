import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EphemeryError } from '../../base/errors.ts';
import { parseValidatorsFile, requireUniqueValidators } from './validators-file.ts';

const pubkey = `8${'a'.repeat(95)}`;
const credentials = `01${'0'.repeat(22)}${'c'.repeat(40)}`;

function errorOf(act: () => unknown): { code: string; facts: unknown; remedy: string } {
  try {
    act();
  } catch (thrown) {
    if (thrown instanceof EphemeryError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

describe('a validators file', () => {
  it('is read with and without 0x, comments, blank lines and carriage returns', () => {
    const text = `# all of them\n\n${pubkey}:${credentials}:32000000000 # mine\r\n  0x8${'B'.repeat(95)} : 0X${credentials} : 2048000000000\n`;
    const read = parseValidatorsFile('validators/me.txt', text);
    expect(read.map(({ line, balanceGwei }) => ({ line, balanceGwei }))).toEqual([
      { line: 3, balanceGwei: 32_000_000_000 },
      { line: 4, balanceGwei: 2_048_000_000_000 },
    ]);
    expect(Buffer.from(read[1]?.pubkey ?? []).toString('hex')).toBe(`8${'b'.repeat(95)}`);
    expect(Buffer.from(read[1]?.withdrawalCredentials ?? []).toString('hex')).toBe(credentials);
  });

  it('gives 32 ETH to a validator without a balance', () => {
    expect(parseValidatorsFile('f', `${pubkey}:${credentials}`)[0]?.balanceGwei).toBe(32_000_000_000);
  });

  it('takes parts of an ETH where they do not count', () => {
    expect(parseValidatorsFile('f', `${pubkey}:${credentials}:32000000001`)[0]?.balanceGwei).toBe(
      32_000_000_001,
    );
  });

  it.each([
    ['EPH-VALIDATORS-FORMAT', pubkey],
    ['EPH-VALIDATORS-FORMAT', `${pubkey}:${credentials}:1:2`],
    ['EPH-VALIDATORS-PUBKEY', `${pubkey.slice(1)}:${credentials}:32000000000`],
    ['EPH-VALIDATORS-PUBKEY', `${pubkey.slice(1)}g:${credentials}:32000000000`],
    ['EPH-VALIDATORS-PUBKEY', `0${pubkey.slice(1)}:${credentials}:32000000000`],
    ['EPH-VALIDATORS-PUBKEY', `c0${'0'.repeat(94)}:${credentials}:32000000000`],
    ['EPH-VALIDATORS-CREDENTIALS', `${pubkey}:${credentials}00:32000000000`],
    ['EPH-VALIDATORS-CREDENTIALS', `${pubkey}:03${credentials.slice(2)}:32000000000`],
    ['EPH-VALIDATORS-CREDENTIALS', `${pubkey}:0201${credentials.slice(4)}:32000000000`],
    ['EPH-VALIDATORS-BALANCE', `${pubkey}:${credentials}:`],
    ['EPH-VALIDATORS-BALANCE', `${pubkey}:${credentials}:0`],
    ['EPH-VALIDATORS-BALANCE', `${pubkey}:${credentials}:2048000000001`],
    ['EPH-VALIDATORS-BALANCE', `${pubkey}:${credentials}:31999999999`],
    ['EPH-VALIDATORS-BALANCE', `${pubkey}:02${credentials.slice(2)}:32000000001`],
    ['EPH-VALIDATORS-BALANCE', `${pubkey}:${credentials}:32e9`],
    ['EPH-VALIDATORS-BALANCE', `${pubkey}:${credentials}:-1`],
  ])('is refused with %s, file, line and remedy: %s', (code, line) => {
    const error = errorOf(() => parseValidatorsFile('validators/me.txt', `# me\n${line}\n`));
    expect(error).toMatchObject({ code, facts: { file: 'validators/me.txt', line: 2 } });
    expect(error.remedy).not.toBe('');
  });

  it('takes any bytes in either case and gives them back', () => {
    const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(hex(48), hex(32), fc.integer({ min: 1, max: 2048 }), (key, withdrawal, eth) => {
        key[0] = 0x80 | ((key[0] ?? 0) & 0x3f);
        withdrawal[0] = 0;
        const upper = Buffer.from(key).toString('hex').toUpperCase();
        const line = `${upper}:0x${Buffer.from(withdrawal).toString('hex')}:${eth}000000000`;
        const [read] = parseValidatorsFile('f', line);
        expect(read?.pubkey).toEqual(key);
        expect(read?.withdrawalCredentials).toEqual(withdrawal);
        expect(read?.balanceGwei).toBe(eth * 1e9);
      }),
    );
  });
});

it('names both places of a key that stands twice, however it is written', () => {
  const line = `:${credentials}:32000000000\n`;
  const first = parseValidatorsFile('validators/a.txt', `\n${pubkey}${line}`);
  const second = parseValidatorsFile('validators/b.txt', `0x${pubkey.toUpperCase()}${line}`);
  expect(errorOf(() => requireUniqueValidators([...first, ...second]))).toMatchObject({
    code: 'EPH-VALIDATORS-DUPLICATE',
    facts: { file: 'validators/b.txt', line: 1, firstFile: 'validators/a.txt', firstLine: 2 },
  });
});
