import { command } from '../../command.ts';
import { requiredText } from '../../option.ts';

export const keysBackupIdentityCommand = command({
  path: ['keys', 'backup', 'identity'],
  summary: 'Make an age identity to lock backups for',
  description:
    'Writes a new identity to a file (0600) and prints its recipient, which goes into the configuration. Keep the file where the backups are not: whoever has both has the keys.',
  args: { file: requiredText('file', 'A file that is not there yet.', { completes: 'file' }) },
  examples: [{ line: 'keys backup identity backup-identity.txt', what: 'A new identity' }],
  async run(context, { args }) {
    const [{ makeIdentity }, services] = await Promise.all([
      import('../../../operations/backup/use-backups.ts'),
      context.services(),
    ]);
    const made = await makeIdentity(services, args.file);
    const { output } = context;
    output.result(
      made,
      () => `${made.recipient}\nIts identity is in ${made.file}: keep it away from this machine.`,
    );
    return undefined;
  },
});
