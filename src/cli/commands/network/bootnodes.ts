import { command } from '../../command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { networkArgument } from './network-argument.ts';

export const networkBootnodesCommand = command({
  path: ['network', 'bootnodes'],
  summary: 'Call the bootnodes of a network, and see who answers',
  description:
    'Those of the current release on the disk: by discv4 and an RLPx handshake for the execution layer, by discv5 for the consensus layer. Ends with exit code 3 when none of a layer answers.',
  args: { name: networkArgument },
  examples: [
    { line: 'network bootnodes ephemery', what: 'Who of the public network’s answers' },
    { line: "network bootnodes --json | jq '.bootnodes[] | select(.answers | not)'", what: 'Who does not' },
  ],
  async run(context, { args }) {
    const { output, config } = context;
    const [{ callBootnodes }, { bootnodesText }, { withProgress }, services] = await Promise.all([
      import('../../../operations/peers/network-bootnodes.ts'),
      import('../../view/bootnodes-text.ts'),
      import('../../output/progress.ts'),
      context.services(),
    ]);
    const report = await withProgress({ output, clock: services.clock }, 'Calling the bootnodes', () =>
      callBootnodes(services, { network: args.name, config }),
    );
    output.result(report, () => bootnodesText(report, output.style));
    return report.findings.some(({ severity }) => severity === 'critical') ? exitCodes.found.code : undefined;
  },
});
