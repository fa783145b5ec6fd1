import { flag, text } from '../../option.ts';

const folder = text('folder', 'A folder with backups, instead of the configured targets.', {
  completes: 'folder',
});

const identityFile = text('file', 'An age identity (AGE-SECRET-KEY-1…), in a file of ours alone.', {
  completes: 'file',
});

const passphraseFile = text('file', 'The passphrase, in a file of ours alone (0600).', { completes: 'file' });

/** For commands that take the newest backup when none is named. */
export const fromOption = text(
  'installation',
  'The newest backup of this installation, as `keys backup list` names it; `any` for whoever made it.',
);

/** What every command about backups is told: where they are, and what opens them. */
export const backupOptions = { folder, identityFile, passphraseFile };

/** For commands that change keys: they make a backup first where one is configured. */
export const noBackupOption = flag('Go on without the backup that the configuration has made first.');
