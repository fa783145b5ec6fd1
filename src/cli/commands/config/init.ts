import { command } from '../../command.ts';
import { choice, flag, withDefault } from '../../option.ts';

export const initCommand = command({
  path: ['init'],
  summary: 'Write a first ephemery.yaml',
  description: 'Into the folder where you are, or to the place that --config names. Nothing is started.',
  options: {
    network: withDefault(choice(['ephemery', 'devnet'], 'The network that its node belongs to.'), 'devnet'),
    force: flag('Replace a file that is there; a copy of it is kept beside it.'),
  },
  examples: [
    { line: 'init', what: 'A node on a network of your own' },
    { line: 'init --network ephemery', what: 'A node on the public network' },
  ],
  async run(context, { options }) {
    const [{ writeFirstConfig }, { firstConfigText }, services] = await Promise.all([
      import('../../../operations/init.ts'),
      import('../../view/first-config-text.ts'),
      context.services(),
    ]);
    const written = await writeFirstConfig(services, { ...options, config: context.config });
    context.output.result(written, () => `${firstConfigText(written)}\nStart it with \`ephemery up\`.`);
    return undefined;
  },
});
