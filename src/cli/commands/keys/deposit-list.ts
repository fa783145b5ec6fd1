import { command } from '../../command.ts';
import { integer } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { beaconOption, keySetOption, networkOption } from './key-options.ts';

export const depositedOptions = {
  set: keySetOption,
  network: networkOption,
  beacon: beaconOption,
  from: integer('The iteration that they were made in; the last one when absent.', { least: 0 }),
};

export const keysDepositListCommand = command({
  path: ['keys', 'deposit', 'list'],
  summary: 'Show deposits that were signed here in the last iteration, and where their keys are now',
  description:
    'A reset takes every deposit away; keys that the new genesis has need none. `keys deposit again` signs them anew for those outside.',
  options: depositedOptions,
  examples: [{ line: 'keys deposit list', what: 'Those of the last iteration' }],
  async run(context, { options }) {
    const { output, config } = context;
    const [{ listDeposits }, { listDepositsText }, services] = await Promise.all([
      import('../../../operations/keys/list-deposits.ts'),
      import('../../view/deposits-text.ts'),
      context.services(),
    ]);
    const { set: keySet, ...rest } = options;
    const report = await withProgress({ output, clock: services.clock }, 'Looking for the keys', () =>
      listDeposits(services, { ...rest, keySet, config }),
    );
    output.result(report, () => listDepositsText(report, output.style));
    return undefined;
  },
});
