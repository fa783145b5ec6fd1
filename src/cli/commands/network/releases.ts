import { command } from '../../command.ts';
import { flag } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { networkArgument } from './network-argument.ts';
import { tellUnmade } from './tell-unmade.ts';

export const networkReleasesCommand = command({
  path: ['network', 'releases'],
  summary: 'List the verified releases on the disk, and what the sources have',
  description:
    'A source says found, not yet (its clear word), or unknown with the reason: unknown never means no.',
  args: { name: networkArgument },
  options: { ask: flag('Ask every source for the current and the next iteration.') },
  examples: [
    { line: 'network releases', what: 'What is held' },
    { line: 'network releases ephemery --ask', what: 'Whether the next release is out' },
  ],
  async run(context, { args, options }) {
    if (await tellUnmade(context, args.name)) return undefined;
    const [{ listNetworkReleases }, { releasesText }, services] = await Promise.all([
      import('../../../operations/network/list-releases.ts'),
      import('../../view/releases-text.ts'),
      context.services(),
    ]);
    const { output, signal, config } = context;
    const wish = { network: args.name, config, ask: options.ask };
    const report = await withProgress(
      { output, clock: services.clock },
      options.ask ? 'Asking the sources' : 'Reading what is held',
      () => listNetworkReleases(services, wish, signal),
    );
    output.result(report, () => releasesText(report, output.style));
    return undefined;
  },
});
