import { exportLayouts } from '../../../core/keys/export-layout.ts';
import { command } from '../../command.ts';
import { choice, requiredText, text, withDefault } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { keySetOption } from './key-options.ts';

export const keysExportCommand = command({
  path: ['keys', 'export'],
  summary: 'Copy keystores and passwords out, as a client keeps them',
  description:
    'The keys stay here too. Never run the copies while they run here: two signers of one key are slashed.',
  args: {
    key: { ...text('key', 'Public keys, or their beginnings; all of the set when absent.'), repeats: true },
  },
  options: {
    set: keySetOption,
    out: requiredText('folder', 'The folder to make; it must not exist.', { completes: 'folder' }),
    layout: withDefault(choice(exportLayouts, 'As which client keeps them.'), 'eip2335'),
  },
  examples: [
    {
      line: 'keys export --set main --out ./keys',
      what: 'Keystores and passwords as deposit tools write them',
    },
    { line: 'keys export --out ./validator --layout lighthouse', what: 'All keys, for Lighthouse' },
  ],
  async run(context, { options, rest }) {
    const { output, signal } = context;
    const [{ exportKeys }, { exportKeysText }, services] = await Promise.all([
      import('../../../operations/keys/export-keys.ts'),
      import('../../view/keys-text.ts'),
      context.services(),
    ]);
    const wish = { choice: { keySet: options.set, keys: rest }, out: options.out, layout: options.layout };
    const report = await withProgress({ output, clock: services.clock }, 'Copying keys', () =>
      exportKeys(services, wish, signal),
    );
    output.result(report, () => exportKeysText(report));
    return undefined;
  },
});
