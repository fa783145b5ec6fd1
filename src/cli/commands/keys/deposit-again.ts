import { command } from '../../command.ts';
import { requiredText } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { depositedOptions } from './deposit-list.ts';
import { givenPassword, passwordOptions } from './secret-options.ts';

export const keysDepositAgainCommand = command({
  path: ['keys', 'deposit', 'again'],
  summary: 'Sign the deposits of the last iteration again, for keys that this genesis has not',
  description:
    'Nothing is sent: give the file to the launchpad, or send the transactions that --json prints from any wallet. Keys that are in this genesis or in the running state are left out.',
  options: {
    ...depositedOptions,
    out: requiredText('file', 'The file to write; it must not exist.', { completes: 'file' }),
    ...passwordOptions,
  },
  examples: [{ line: 'keys deposit again --out deposit_data-again.json', what: 'After a reset' }],
  async run(context, { options }) {
    const { output, signal, config } = context;
    const [{ depositAgain }, { depositAgainText }, services] = await Promise.all([
      import('../../../operations/keys/deposit-again.ts'),
      import('../../view/deposits-text.ts'),
      context.services(),
    ]);
    const password = await givenPassword(context, options);
    const { set: keySet, network, beacon, from, out } = options;
    const wish = { keySet, network, beacon, from, out, config, password };
    const report = await withProgress(
      { output, clock: services.clock },
      'Looking for the keys',
      (onProgress) => depositAgain(services, wish, { signal, onProgress }),
    );
    output.result(report, () => depositAgainText(report));
    return undefined;
  },
});
