import { command } from '../../command.ts';
import { text } from '../../option.ts';
import { withProgress } from '../../output/progress.ts';
import { backupOptions, fromOption } from './backup-options.ts';

export const keysBackupDrillCommand = command({
  path: ['keys', 'backup', 'drill'],
  summary: 'Prove a backup: restore it into a scratch folder and open every key',
  description:
    'Nothing but the scratch folder is touched, and it is removed again. Ends with code 1 when the backup does not hold.',
  args: { backup: text('backup', 'A name or a file; the newest when absent.', { completes: 'file' }) },
  options: { ...backupOptions, from: fromOption },
  examples: [{ line: 'keys backup drill --identity-file backup-identity.txt', what: 'The newest backup' }],
  async run(context, { args, options }) {
    const [{ drill }, { drillText }, services] = await Promise.all([
      import('../../../operations/backup/use-backups.ts'),
      import('../../view/backup-text.ts'),
      context.services(),
    ]);
    const { output, signal, config } = context;
    const report = await withProgress({ output, clock: services.clock }, 'Looking for the backup', (onStep) =>
      drill(services, { ...options, ...args, config }, { signal, onStep }),
    );
    output.result(report, () => drillText(report, output.style));
    return undefined;
  },
});
