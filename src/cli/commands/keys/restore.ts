import type { RestorePreview } from '../../../operations/backup/restore-backup.ts';
import { command } from '../../command.ts';
import { cliErrors } from '../../errors.ts';
import { exitCodes } from '../../exit-codes.ts';
import { flag, text, texts } from '../../option.ts';
import { confirm } from '../../output/confirm.ts';
import { withProgress } from '../../output/progress.ts';
import { backupOptions, fromOption, noBackupOption } from './backup-options.ts';

export const keysRestoreCommand = command({
  path: ['keys', 'restore'],
  summary: 'Restore a backup, after every key in it was proven',
  description:
    'Shows what would change and asks. Key sets are replaced whole, one stroke each, and what they replace is kept aside; node identities that are here stay as they are, and slashing protection that is here stays, with that of the backup beside it. No supervisor may be alive, except for --dry-run. Restored keys wait for two quiet epochs, or for `keys claim` on another machine, before they sign.',
  args: { backup: text('backup', 'A name or a file; the newest when absent.', { completes: 'file' }) },
  options: {
    ...backupOptions,
    from: fromOption,
    keySet: texts('name', 'Only this key set; may be repeated. Everything when absent.'),
    replace: flag('Keys that are here and not in the backup may go; they are kept aside.'),
    dryRun: flag('Prove and show, and change nothing.'),
    yes: flag('Do not ask.'),
    noBackup: noBackupOption,
  },
  examples: [
    {
      line: 'keys restore --identity-file backup-identity.txt --dry-run',
      what: 'What the newest backup would change',
    },
    {
      line: 'keys restore ephemery-20261128T120000Z-7f3a9c21b0de-0a1b2c3d.age --passphrase-file phrase --key-set main --yes',
      what: 'One key set of one backup, without a question',
    },
  ],
  async run(context, { args, options }) {
    const [{ restore }, { previewText, restoreText }, services] = await Promise.all([
      import('../../../operations/backup/use-backups.ts'),
      import('../../view/backup-text.ts'),
      context.services(),
    ]);
    const { output, signal, config } = context;
    const { keySet, dryRun, yes, ...rest } = options;
    const decide = async (preview: RestorePreview) => {
      if (dryRun) return false;
      if (yes) return true;
      output.note(previewText(preview));
      if (!output.interactive || !process.stdin.isTTY)
        throw cliErrors.create('EPH-CLI-CONFIRM', { what: `restore ${preview.backup}` });
      return confirm('Restore this?', signal);
    };
    const keySets = keySet.length === 0 ? undefined : keySet;
    const report = await withProgress({ output, clock: services.clock }, 'Looking for the backup', (onStep) =>
      restore(services, { ...rest, ...args, config, keySets, decide, dryRun }, { signal, onStep }),
    );
    output.result(report, () => restoreText(report, output.style));
    return report.restored || dryRun ? undefined : exitCodes.error.code;
  },
});
