import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flag, integer } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { networkArgument } from './network-argument.ts';

export const networkFetchCommand = command({
  path: ['network', 'fetch'],
  summary: 'Fetch and verify the release of an iteration',
  description:
    'Sources are tried in order; only what passes every check is kept. Ends with code 1 when there is nothing to keep, and says whether it is not yet published or nobody knows.',
  args: { name: networkArgument },
  options: {
    iteration: integer('Which iteration; the current one by the clock when absent.', { least: 0 }),
    refresh: flag('Ask the sources even if it is held: finds out about a genesis released again.'),
    crossCheck: flag('Fetch it from a second source too, and compare.'),
  },
  examples: [
    { line: 'network fetch ephemery', what: 'The release of the current iteration' },
    { line: 'network fetch ephemery --iteration 167 --cross-check', what: 'One iteration, from two sources' },
  ],
  async run(context, { args, options }) {
    const [{ fetchNetworkRelease }, { fetchText }, services] = await Promise.all([
      import('../../../operations/network/fetch-release.ts'),
      import('../../view/release-text.ts'),
      context.services(),
    ]);
    const { output, signal, config } = context;
    const wish = { ...options, network: args.name, config };
    const report = await withProgress(
      { output, clock: services.clock },
      'Looking at what is held',
      (onProgress) => fetchNetworkRelease(services, wish, { signal, onProgress }),
    );
    output.result(report, () => fetchText(report, output.style));
    return report.outcome === 'held' ? undefined : exitCodes.error.code;
  },
});
