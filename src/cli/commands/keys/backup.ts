import { command } from '../../command.ts';
import { texts } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { refuseTogether } from '../../refuse-together.ts';
import { backupOptions } from './backup-options.ts';

const { folder, passphraseFile } = backupOptions;

export const keysBackupCommand = command({
  path: ['keys', 'backup'],
  summary: 'Make an encrypted backup of keys, identities and slashing protection',
  description:
    'One file, locked for age recipients or with a passphrase: keystores with their secrets, who owns them, slashing protection by network, node identities, configuration and lock file. It goes to a folder or to all configured targets. A supervisor with `backup` in its configuration makes them by itself.',
  options: {
    folder,
    recipient: texts('age1…', 'Whom to lock it for; the configured recipients when absent.'),
    passphraseFile,
  },
  examples: [
    { line: 'keys backup', what: 'To the configured targets, for the configured recipients' },
    {
      line: 'keys backup --folder /mnt/usb --passphrase-file phrase',
      what: 'To a folder, with a passphrase',
    },
  ],
  async run(context, { options }) {
    const [{ backUpNow }, { madeText }, services] = await Promise.all([
      import('../../../operations/backup/use-backups.ts'),
      import('../../view/backup-text.ts'),
      context.services(),
    ]);
    const { output, signal, config } = context;
    const { recipient, ...rest } = options;
    refuseTogether('keys backup', options, [['passphraseFile', 'recipient']]);
    const made = await withProgress({ output, clock: services.clock }, 'Gathering', (onStep) =>
      backUpNow(services, { ...rest, config, recipients: recipient }, { signal, onStep }),
    );
    output.result(made, () => madeText(made, output.style));
    return undefined;
  },
});
