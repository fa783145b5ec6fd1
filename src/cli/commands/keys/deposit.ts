import { command } from '../../command.ts';
import { requiredText, text } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { depositOptions, keySetOption, networkOption } from './key-options.ts';
import { givenPassword, passwordOptions } from './secret-options.ts';

export const keysDepositCommand = command({
  path: ['keys', 'deposit'],
  summary: 'Sign deposits for keys, as the launchpad takes them',
  description:
    'Writes deposit_data in the form of the public deposit tool. It holds for every iteration of the network. 0x00 credentials need the mnemonic: use `keys new` with --out for those.',
  args: {
    key: { ...text('key', 'Public keys, or their beginnings; all of the set when absent.'), repeats: true },
  },
  options: {
    set: keySetOption,
    network: networkOption,
    ...depositOptions,
    out: requiredText('file', 'The file to write; it must not exist.', { completes: 'file' }),
    ...passwordOptions,
  },
  examples: [
    {
      line: 'keys deposit --set main --withdrawal-address 0x4D496CcC28058B1D74B7a19541663E21154f9c84 --out deposit_data-main.json',
      what: '32 ETH for every key of a set',
    },
    {
      line: 'keys deposit 0x93247f22 --withdrawal-address 0x4D496CcC28058B1D74B7a19541663E21154f9c84 --credentials 0x02 --amount 1024 --out deposit_data-one.json',
      what: '1024 ETH for one key that compounds',
    },
  ],
  async run(context, { options, rest }) {
    const { output, signal, config } = context;
    const [{ depositKeys }, { depositKeysText }, { readDeposit }, { keyUseErrors }, services] =
      await Promise.all([
        import('../../../operations/keys/deposit-keys.ts'),
        import('../../view/keys-text.ts'),
        import('./read-deposit.ts'),
        import('../../../operations/keys/errors.ts'),
        context.services(),
      ]);
    const deposit = await readDeposit(context, { ...options, config });
    if (deposit?.address === undefined)
      throw keyUseErrors.create('EPH-KEYS-CREDENTIALS', {
        problem: 'A deposit for a key here needs an address',
      });
    const password = await givenPassword(context, options);
    const wish = { choice: { keySet: options.set, keys: rest }, password, deposit, out: options.out };
    const report = await withProgress({ output, clock: services.clock }, 'Opening keystores', (onProgress) =>
      depositKeys(services, wish, { signal, onProgress }),
    );
    output.result(report, () => depositKeysText(report));
    return undefined;
  },
});
