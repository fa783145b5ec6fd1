import { command } from '../../command.ts';
import { flag, requiredText } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';

export const keysShowCommand = command({
  path: ['keys', 'show'],
  summary: 'Show one key: its set, its keystore, how it is protected',
  description: 'Never shows the secret key or the password. With --prove the keystore is opened.',
  args: { key: requiredText('key', 'A public key, or its beginning.') },
  options: { prove: flag('Open the keystore, and hold it against the public key.') },
  examples: [
    { line: 'keys show 0x93247f22', what: 'By the beginning of its public key' },
    { line: 'keys show 0x93247f22 --prove', what: 'And see that it opens' },
  ],
  async run(context, { args, options }) {
    const { output, signal } = context;
    const [{ showKey }, { showKeyText }, services] = await Promise.all([
      import('../../../operations/keys/show-key.ts'),
      import('../../view/keys-text.ts'),
      context.services(),
    ]);
    const wish = { key: args.key, prove: options.prove };
    const report = await withProgress(
      { output, clock: services.clock },
      'Opening the keystore',
      (onProgress) => showKey(services, wish, { signal, onProgress }),
    );
    output.result(report, () => showKeyText(report));
    return undefined;
  },
});
