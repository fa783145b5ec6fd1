import { defineFindings, finding } from './finding.ts';

/** What is worth telling about backups of keys. */
export const backupFindings = defineFindings({
  'EPH-BACKUP-FAILED': finding<{ target: string; code: string; reason: string }>({
    severity: 'critical',
    short: 'A backup failed',
    long: (f) => `The backup to ${f.target} failed with ${f.code}: ${f.reason}`,
    remedy: () => 'Mend what it names; it is tried again by itself. By hand: ephemery keys backup.',
  }),
  'EPH-BACKUP-DRILL-FAILED': finding<{ backup: string; code: string; reason: string }>({
    severity: 'critical',
    short: 'A backup could not be proven',
    long: (f) => `Restoring ${f.backup} into a scratch folder failed with ${f.code}: ${f.reason}`,
    remedy: () => 'Make a new backup now (ephemery keys backup), and prove it (ephemery keys backup drill).',
  }),
});
