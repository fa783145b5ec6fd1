import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { requiredText } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { networkOption } from './key-options.ts';

export const keysVerifyDepositsCommand = command({
  path: ['keys', 'verify-deposits'],
  summary: 'Check deposit data that somebody else made',
  description:
    'Roots, signatures, amounts, credentials, the network, keys named twice. Ends with code 3 when a deposit cannot be made as it is.',
  args: { file: requiredText('file', 'A file deposit_data-*.json.', { completes: 'file' }) },
  options: { network: networkOption },
  examples: [
    {
      line: 'keys verify-deposits ./deposit_data-1731600000.json --network ephemery',
      what: 'Before any ETH is sent',
    },
  ],
  async run(context, { args, options }) {
    const { output, signal, config } = context;
    const [{ verifyDeposits }, { depositNetwork }, { verifyDepositsText }, services] = await Promise.all([
      import('../../../operations/keys/verify-deposits.ts'),
      import('../../../operations/keys/signing-network.ts'),
      import('../../view/keys-text.ts'),
      context.services(),
    ]);
    const network = await depositNetwork(services, { network: options.network, config });
    const report = await withProgress(
      { output, clock: services.clock },
      `Reading ${args.file}`,
      (onProgress) => verifyDeposits(services, { file: args.file, network }, { signal, onProgress }),
    );
    output.result(report, () => verifyDepositsText(report, output.style));
    return report.deposits.every(({ problems }) => problems.length === 0) ? undefined : exitCodes.found.code;
  },
});
