import { command } from '../../command.ts';
import { text } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';

export const validatorsKeysCommand = command({
  path: ['validators', 'keys'],
  summary: 'Show the keys that running validator clients have',
  description:
    'Asked of the clients themselves, over the Keymanager API: which keys they sign with, of which set each is, and what it proposes with. Nothing is changed.',
  args: { node: text('node', 'Only this node.', { completes: 'node' }) },
  examples: [{ line: 'validators keys home', what: 'Of one node' }],
  async run(context, { args }) {
    const { output, config } = context;
    const [{ runningKeys }, { runningKeysText }, services] = await Promise.all([
      import('../../../operations/validators/running-keys.ts'),
      import('../../view/running-keys-text.ts'),
      context.services(),
    ]);
    const { node } = args;
    const report = await withProgress({ output, clock: services.clock }, 'Asking the validator clients', () =>
      runningKeys(services, { config, node }),
    );
    output.result(report, () => runningKeysText(report, output.style));
    return undefined;
  },
});
