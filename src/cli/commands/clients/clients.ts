import type { PublishedWish } from '../../../operations/clients/published-releases.ts';
import { type CommandContext, command } from '../../command.ts';
import { choice, flag } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';

const layers = ['execution', 'consensus', 'validator', 'signer', 'database'] as const;

export const clientsCommand = command({
  path: ['clients'],
  summary: 'List the clients that nodes have, and those that they could have',
  description:
    'First the clients of the configured nodes: pinned in ephemery.lock, available in the catalogue, at least what the forks that their network schedules ask for, installed, running.\nWith --json all that the catalogue holds: versions, the forks that they know and where that was read, platforms, sources, traps.\nAsks nobody, unless --check is given: then the pages of releases and npm are asked for what is published now. What cannot be asked is unknown, with the reason.',
  options: {
    layer: choice(layers, 'Only those of one layer.'),
    check: flag('Ask publishers for their newest releases. Images are not asked for.'),
  },
  examples: [
    { line: 'clients', what: 'Every client with its default version' },
    { line: 'clients --layer consensus', what: 'Consensus clients alone' },
    { line: 'clients --check', what: 'What is published that is newer, and how to take it' },
  ],
  async run(context, { options }) {
    const [{ listClients }, { clientsInUse }, { clientsText }, services] = await Promise.all([
      import('../../../operations/list-clients.ts'),
      import('../../../operations/clients/clients-in-use.ts'),
      import('../../view/clients-text.ts'),
      context.services(),
    ]);
    const { config } = context;
    const { nodes: inUse, ...about } = await clientsInUse(services, { config });
    const ofLayer = inUse.filter(({ layer }) => options.layer === undefined || layer === options.layer);
    const report = { ...listClients(services, options.layer, inUse), nodes: ofLayer, ...about };
    const shown = options.check ? await checked(context, report) : report;
    context.output.result(shown, () => clientsText(shown, context.output.style));
    return undefined;
  },
});

async function checked(context: CommandContext, report: PublishedWish['report']) {
  const { output, signal, config } = context;
  const [{ withPublished }, services] = await Promise.all([
    import('../../../operations/clients/published-releases.ts'),
    context.services(),
  ]);
  return withProgress({ output, clock: services.clock }, 'Asking for published releases', (onProgress) =>
    withPublished(services, { report, config, signal, onProgress }),
  );
}
