import { expect, it } from 'vitest';
import { networkServices } from '../../../test/support/network-services.ts';
import { seededRandom } from '../../base/random.ts';
import { Secret } from '../../base/secret.ts';
import { readMnemonic } from '../../core/keys/mnemonic.ts';
import { changeCredentials } from './change-credentials.ts';
import { newKeys } from './new-keys.ts';

const last = 2 ** 32 - 1;
const signal = new AbortController().signal;
const mnemonic = readMnemonic(new Secret(`${'abandon '.repeat(11)}about`));
const passphrase = new Secret('');

/** With real services around, whose folder goes again. */
async function withServices<T>(
  act: (services: Parameters<typeof newKeys>[0] & Parameters<typeof changeCredentials>[0]) => Promise<T>,
): Promise<T> {
  const services = await networkServices(1_796_000_000_000);
  try {
    return await act({ ...services, random: seededRandom('indices') } as never);
  } finally {
    await services.remove();
  }
}

const make = (startIndex: number, count: number) =>
  withServices((services) =>
    newKeys(
      services,
      {
        mnemonic,
        passphrase,
        startIndex,
        count,
        derivation: 'pbkdf2',
        into: { keySet: 'main' },
        backup: { noBackup: true },
      },
      { signal, onProgress: () => undefined },
    ),
  );
const change = (startIndex: number, validatorIndices: readonly number[]) =>
  withServices((services) =>
    changeCredentials(
      services,
      { mnemonic, passphrase, startIndex, validatorIndices, withdrawalAddress: '0x', out: 'F' },
      signal,
    ),
  );

it('the last key of a mnemonic can be made, and none beyond', async () => {
  expect((await make(last, 1)).keys).toMatchObject([{ index: last }]);
  await expect(make(last, 2)).rejects.toMatchObject({ code: 'EPH-KEYS-INDEX', facts: { last: last + 1 } });
  await expect(change(last, [1, 2])).rejects.toMatchObject({ code: 'EPH-KEYS-INDEX' });
});

it('a validator that is named twice would be given two keys', async () => {
  await expect(change(0, [3, 0, 0])).rejects.toMatchObject({
    code: 'EPH-KEYS-VALIDATOR-TWICE',
    facts: { index: 0 },
  });
});
