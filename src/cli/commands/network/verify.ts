import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { integer, requiredText, text } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';

export const networkVerifyCommand = command({
  path: ['network', 'verify'],
  summary: 'Check a release on this machine, without keeping anything',
  description:
    'Every failed check is a finding. Ends with code 3 when the release is rejected or would need consent.',
  args: {
    path: requiredText('path', 'A folder or an archive, in either published layout.', { completes: 'file' }),
  },
  options: {
    network: text('name', 'The network it should be of; as in `network show` when absent.'),
    iteration: integer('The iteration it should be; what it says of itself when absent.', { least: 0 }),
  },
  examples: [
    { line: 'network verify ./network-config.tar.gz --network ephemery', what: 'An archive from elsewhere' },
    {
      line: 'network verify ./ephemery-160 --network ephemery --iteration 160',
      what: 'A folder, as one certain iteration',
    },
  ],
  async run(context, { args, options }) {
    const [{ verifyLocalRelease }, { verifyText }, services] = await Promise.all([
      import('../../../operations/network/verify-release.ts'),
      import('../../view/release-text.ts'),
      context.services(),
    ]);
    const { output, signal, config } = context;
    const wish = { ...options, path: args.path, config };
    const report = await withProgress({ output, clock: services.clock }, `Reading ${args.path}`, () =>
      verifyLocalRelease(services, wish, signal),
    );
    output.result(report, () => verifyText(report, output.style));
    return report.outcome === 'accepted' ? undefined : exitCodes.found.code;
  },
});
