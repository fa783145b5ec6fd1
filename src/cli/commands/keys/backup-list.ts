import { command } from '../../command.ts';
import { backupOptions } from './backup-options.ts';

export const keysBackupListCommand = command({
  path: ['keys', 'backup', 'list'],
  summary: 'List backups, the newest first',
  options: { folder: backupOptions.folder },
  examples: [{ line: 'keys backup list', what: 'Those in the configured targets' }],
  async run(context, { options }) {
    const [{ knownBackups }, { listText }, services] = await Promise.all([
      import('../../../operations/backup/use-backups.ts'),
      import('../../view/backup-text.ts'),
      context.services(),
    ]);
    const { output, signal, config } = context;
    const backups = await knownBackups(services, { ...options, config }, signal);
    output.result({ backups }, () => listText(backups, services.clock.nowMs()));
    return undefined;
  },
});
