import { defineErrors, error } from '../base/errors.ts';

/** What can go wrong with backups. No message holds a passphrase or an identity. */
export const backupErrors = defineErrors({
  'EPH-BACKUP-EMPTY': error<{ root: string }>({
    meaning: 'There is nothing to back up: no key, no node identity, no slashing protection.',
    message: ({ root }) => `Nothing under ${root} would be in a backup.`,
    remedy: () => 'Make or import keys first: ephemery keys new, ephemery keys import.',
  }),
  'EPH-BACKUP-LOCK-MISSING': error({
    meaning: 'A backup was to be made without anything to lock it with.',
    message: () => 'Neither a recipient nor a passphrase is given.',
    remedy: () =>
      'Give --recipient age1… (whose identity lies elsewhere) or --passphrase-file; scheduled backups need a recipient in ephemery.yaml.',
    exitCode: 2,
  }),
  'EPH-BACKUP-KEY-MISSING': error({
    meaning: 'A backup was to be opened without anything that opens it.',
    message: () => 'Neither an identity nor a passphrase is given.',
    remedy: () => 'Give --identity-file of one of its recipients, or --passphrase-file.',
    exitCode: 2,
  }),
  'EPH-BACKUP-SECRET-FILE': error<{ file: string; reason: string }>({
    meaning: 'The file of a passphrase or of an identity is not there, or not for us alone.',
    message: ({ file, reason }) => `${file} cannot be used: ${reason}.`,
    remedy: () => 'Name a file that is there and that only you can read (chmod 600).',
    exitCode: 2,
  }),
  'EPH-BACKUP-RECIPIENT': error<{ recipient: string }>({
    meaning: 'A text is no age recipient.',
    message: ({ recipient }) => `No age recipient: ${recipient}.`,
    remedy: () =>
      'A recipient begins with age1. `ephemery keys backup identity` makes one with its identity.',
    exitCode: 2,
  }),
  'EPH-BACKUP-NOT-OPENED': error<{ backup: string }>({
    meaning: 'Neither the identity nor the passphrase given opens a backup, or it was altered.',
    message: ({ backup }) => `${backup} cannot be opened with what was given.`,
    remedy: () => 'Give the identity file of one of its recipients, or its passphrase.',
  }),
  'EPH-BACKUP-DAMAGED': error<{ backup: string; problem: string }>({
    meaning: 'A backup was opened and what is in it is incomplete, altered or not in a form of ours.',
    message: ({ backup, problem }) => `${backup} is damaged: ${problem}.`,
    remedy: () => 'Take another one: ephemery keys backup list.',
  }),
  'EPH-BACKUP-KEY-UNPROVEN': error<{ backup: string; keySet: string; key: string; reason: string }>({
    meaning: 'A keystore in a backup cannot be opened with the secret beside it, or is of another key.',
    message: ({ backup, keySet, key, reason }) =>
      `${backup}: the key ${key} of ${keySet} is not proven: ${reason}.`,
    remedy: () =>
      'Nothing was replaced. Take an earlier backup. The other keys of this one can be imported: it is a tar archive, locked with age (`age --decrypt`).',
  }),
  'EPH-BACKUP-NONE': error<{ wanted: string; target: string }>({
    meaning: 'There is no backup of that name, or none at all, in a target.',
    message: ({ wanted, target }) => `${target} has no backup ${wanted}.`,
    remedy: () => 'List them: ephemery keys backup list.',
  }),
  'EPH-BACKUP-SEVERAL-HOSTS': error<{ installations: readonly string[] }>({
    meaning:
      'The newest backup was asked for where several other installations keep theirs, and this one has none.',
    message: ({ installations }) =>
      `There are backups of ${installations.length} installations, and none of this one: ${installations.join(', ')}.`,
    remedy: () =>
      'Look at them with `ephemery keys backup list`, then give --from and an installation, or the name of a backup.',
    exitCode: 2,
  }),
  'EPH-BACKUP-TARGET': error<{ target: string; reason: string; remedy?: string }>({
    meaning: 'A target of backups cannot be reached, read or written.',
    message: ({ target, reason }) => `The backup target ${target} does not do it: ${reason}.`,
    remedy: ({ remedy }) => remedy ?? 'See that it is there and that we may read and write in it.',
  }),
  'EPH-BACKUP-NO-TARGET': error({
    meaning: 'No target is configured and none was given.',
    message: () => 'Where backups go is not said.',
    remedy: () => 'Give --folder, or name targets in ephemery.yaml under backup.',
    exitCode: 2,
  }),
  'EPH-BACKUP-BEFORE': error<{ purpose: string; code: string; reason: string }>({
    meaning: 'The backup that comes before keys are touched failed, so they were not.',
    message: ({ purpose, code, reason }) =>
      `No backup could be made before \`${purpose}\` (${code}): ${reason} Nothing was changed.`,
    remedy: () => 'Mend what it names. To go on without a backup: --no-backup.',
  }),
  'EPH-BACKUP-KEYS-LOST': error<{ keySet: string; lost: number }>({
    meaning: 'A restore would take away keys that are here and not in the backup.',
    message: ({ keySet, lost }) => `${lost} key(s) of ${keySet} are here and not in the backup.`,
    remedy: () => 'Restore another set, or say --replace: the folder that is replaced is kept aside.',
  }),
  'EPH-BACKUP-SIGNER-RUNS': error<{ nodes: readonly string[] }>({
    meaning:
      'A backup was to be restored while a validator client or a signer of the home runs without a supervisor.',
    message: ({ nodes }) =>
      `A validator client or signer of ${nodes.join(', ')} still runs, with the keys that are here now.`,
    remedy: () => 'Stop it first: ephemery down. Then give the command again.',
  }),
  'EPH-BACKUP-KEYS-ELSEWHERE': error<{ keySet: string; key: string; holder: string }>({
    meaning: 'A restore would put a key into one set that another set holds already.',
    message: ({ keySet, key, holder }) => `${key} of ${keySet} is in the set ${holder} already.`,
    remedy: () => 'A key is in one set only. Remove it from one of them first.',
  }),
});
