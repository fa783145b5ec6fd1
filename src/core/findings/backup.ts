import { defineFindings, finding } from './finding.ts';

/** What is worth telling about backups of keys. */
export const backupFindings = defineFindings({
  'EPH-BACKUP-FAILED': finding<{ target: string; code: string; reason: string; remedy?: string }>({
    severity: 'critical',
    short: 'A backup failed',
    long: (f) => `The backup to ${f.target} failed with ${f.code}: ${f.reason}`,
    remedy: (f) =>
      `${f.remedy ?? 'Mend what it names.'} It is tried again by itself. By hand: ephemery keys backup.`,
  }),
  'EPH-BACKUP-DRILL-FAILED': finding<{ backup: string; code: string; reason: string }>({
    severity: 'critical',
    short: 'A backup could not be proven',
    long: (f) => `Restoring ${f.backup} into a scratch folder failed with ${f.code}: ${f.reason}`,
    remedy: () => 'Make a new backup now (ephemery keys backup), and prove it (ephemery keys backup drill).',
  }),
  'EPH-BACKUP-KEYS-UNSOUND': finding<{ keys: number; key: string; keySet: string; reason: string }>({
    severity: 'warning',
    short: 'A backup has keys that cannot be restored from it',
    long: (f) =>
      `The last backup has ${f.keys} key(s) that are not whole on this host, among them ${f.key} of ${f.keySet}: ${f.reason}. No older backup is removed meanwhile.`,
    remedy: () =>
      'Restore them from an earlier backup (ephemery keys restore), or import them again from where they came.',
  }),
  'EPH-BACKUP-SIGNER-SILENT': finding<{ node: string; reason: string; asOf: string }>({
    severity: 'warning',
    short: "A backup has a signer's protection as it was earlier",
    long: (f) =>
      `The database of the signer of ${f.node} did not tell what it signed (${f.reason}); the last backup has ${f.asOf === '' ? 'nothing of it' : `what was kept at ${f.asOf}`}.`,
    remedy: (f) =>
      `See that the database of ${f.node} answers, then make another backup: ephemery keys backup. Restored keys wait for two quiet epochs in any case.`,
  }),
});
