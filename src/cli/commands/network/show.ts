import { command } from '../../command.ts';
import { networkArgument } from './network-argument.ts';
import { tellUnmade } from './tell-unmade.ts';

export const networkShowCommand = command({
  path: ['network', 'show'],
  summary: 'Show a network: its definition, its iteration, its next reset',
  description: 'By the clock of this machine and the definition alone; nobody is asked.',
  args: { name: networkArgument },
  examples: [
    { line: 'network show ephemery', what: 'Which iteration the public network is on, and for how long' },
    { line: 'network show ./network.yaml', what: 'What a definition of your own comes to' },
  ],
  async run(context, { args }) {
    if (await tellUnmade(context, args.name)) return undefined;
    const [{ showNetwork }, { networkText }, services] = await Promise.all([
      import('../../../operations/network/show-network.ts'),
      import('../../view/network-text.ts'),
      context.services(),
    ]);
    const wish = { network: args.name, config: context.config };
    const report = await showNetwork(services, wish);
    context.output.result(report, () => networkText(report, context.output.style));
    return undefined;
  },
});
