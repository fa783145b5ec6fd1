import { command } from '../../command.ts';
import { choice } from '../../option.ts';

const layers = ['execution', 'consensus', 'validator', 'signer'] as const;

export const clientsCommand = command({
  path: ['clients'],
  summary: 'List the clients that a configuration can name',
  description:
    'With --json all that the catalogue holds: versions, the forks that they know and where that was read, platforms, sources, traps.',
  options: { layer: choice(layers, 'Only those of one layer.') },
  examples: [
    { line: 'clients', what: 'Every client with its default version' },
    { line: 'clients --layer consensus', what: 'Consensus clients alone' },
  ],
  async run(context, { options }) {
    const [{ listClients }, { clientsText }, services] = await Promise.all([
      import('../../../operations/list-clients.ts'),
      import('../../view/clients-text.ts'),
      context.services(),
    ]);
    const report = listClients(services, options.layer);
    context.output.result(report, () => clientsText(report, context.output.style));
    return undefined;
  },
});
