import { command } from '../../command.ts';
import { httpUrl } from '../../option.ts';
import { networkArgument } from './network-argument.ts';

export const networkCheckpointsCommand = command({
  path: ['network', 'checkpoints'],
  summary: 'Ask the checkpoint providers of a network, and see which can be trusted',
  description:
    'Each is held against the verified release on the disk and against the others, as when a node makes a new consensus database. Nothing is changed.',
  args: { name: networkArgument },
  options: { provider: httpUrl('One of your own, asked first.') },
  examples: [
    { line: 'network checkpoints ephemery', what: 'Who of the public list is on the right chain' },
    { line: 'network checkpoints --provider http://192.0.2.7:5052', what: 'With a node of your own' },
  ],
  async run(context, { args, options }) {
    const { output, config } = context;
    const [{ askCheckpoints }, { checkpointsText }, { withProgress }, services] = await Promise.all([
      import('../../../operations/checkpoint/network-checkpoints.ts'),
      import('../../view/checkpoints-text.ts'),
      import('../../output/progress.ts'),
      context.services(),
    ]);
    const providers = options.provider === undefined ? [] : [options.provider];
    const report = await withProgress({ output, clock: services.clock }, 'Asking the providers', () =>
      askCheckpoints(services, { network: args.name, config, providers }),
    );
    output.result(report, () => checkpointsText(report, output.style));
    return undefined;
  },
});
