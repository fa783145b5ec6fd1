import { join } from 'node:path';
import { command } from '../../command.ts';
import { text, withDefault } from '../../option.ts';

export const devnetRunCommand = command({
  path: ['devnet', 'run'],
  summary: 'Run a local network in the foreground, by itself',
  description:
    'Serves its releases and keeps the node that makes its blocks, until Ctrl-C. `ephemery up` starts it by itself where a node belongs to it.',
  args: { name: withDefault(text('name', 'Which local network of this home.'), 'devnet') },
  examples: [{ line: 'devnet run', what: 'The network that `ephemery up --network devnet` made' }],
  async run(context, { args }) {
    const services = await context.services();
    const { name } = args;
    const log = await services.fileLog(join(services.paths.devnets, name, 'logs', 'devnet.log'));
    await services.runDevnet(
      {
        name,
        log,
        emit: (event) => {
          const { type, ...facts } = event;
          log.info('event', { type, ...facts });
          context.output.item(event, () => (type.startsWith('reset.') ? `${type} ${event.node}` : undefined));
        },
        onStart: ({ seed, slotSeconds, periodSeconds }) =>
          context.output.note(
            `The network ${name} runs: slots of ${slotSeconds} s, a reset every ${periodSeconds} s, seed ${seed}.`,
          ),
      },
      context.signal,
    );
    return undefined;
  },
});
