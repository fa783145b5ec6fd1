import { command } from '../../command.ts';
import { choice } from '../../option.ts';

const layers = ['execution', 'consensus', 'validator', 'signer', 'database'] as const;

export const clientsCommand = command({
  path: ['clients'],
  summary: 'List the clients that nodes have, and those that they could have',
  description:
    'First the clients of the configured nodes: pinned in ephemery.lock, available in the catalogue, at least what the forks that their network schedules ask for, installed, running.\nWith --json all that the catalogue holds: versions, the forks that they know and where that was read, platforms, sources, traps.',
  options: { layer: choice(layers, 'Only those of one layer.') },
  examples: [
    { line: 'clients', what: 'Every client with its default version' },
    { line: 'clients --layer consensus', what: 'Consensus clients alone' },
  ],
  async run(context, { options }) {
    const [{ listClients }, { clientsInUse }, { clientsText }, services] = await Promise.all([
      import('../../../operations/list-clients.ts'),
      import('../../../operations/clients/clients-in-use.ts'),
      import('../../view/clients-text.ts'),
      context.services(),
    ]);
    const { config } = context;
    const inUse = await clientsInUse(services, { config });
    const ofLayer = inUse.filter(({ layer }) => options.layer === undefined || layer === options.layer);
    const report = { ...listClients(services, options.layer), nodes: ofLayer };
    context.output.result(report, () => clientsText(report, context.output.style));
    return undefined;
  },
});
