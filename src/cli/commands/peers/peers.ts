import { command } from '../../command.ts';
import { text } from '../../option.ts';

export const peersCommand = command({
  path: ['peers'],
  summary: 'Show the peers of both clients',
  description:
    'How many, who called whom, and which clients they say they are. Peers that called us show that our port can be reached from outside. Clients that keep parts of this to themselves show less.',
  args: { node: text('node', 'Only this node.', { completes: 'node' }) },
  examples: [
    { line: 'peers', what: 'Of every node' },
    { line: "peers home --json | jq '.[].layers[].inbound'", what: 'For scripts' },
  ],
  async run(context, { args }) {
    const { output, config } = context;
    const [{ openControl }, { peersText }, { withProgress }, services] = await Promise.all([
      import('../../../operations/open-control.ts'),
      import('../../view/peers-text.ts'),
      import('../../output/progress.ts'),
      context.services(),
    ]);
    const reports = await withProgress({ output, clock: services.clock }, 'Asking', async () => {
      const control = await openControl(services, { config });
      return control.peers(args.node === undefined ? {} : { node: args.node });
    });
    output.result(reports, () =>
      reports.length === 0
        ? 'No node is configured.'
        : reports.map((report) => peersText(report, output.style)).join('\n'),
    );
    return undefined;
  },
});
