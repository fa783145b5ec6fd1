import { backupTimeMs } from './backup-name.ts';

export interface BackupKeep {
  /** So many of the newest always stay. */
  readonly count: number;
  /** Beyond these, none is removed that is younger. */
  readonly ageMs: number;
}

/**
 * The backups that may go: neither among the newest `count` nor younger than `ageMs`. Files of other names are
 * none of ours and never listed; a backup dated in the future is new, whatever the clock says.
 */
export function expiredBackups(names: readonly string[], keep: BackupKeep, nowMs: number): readonly string[] {
  const dated = names.flatMap((name) => {
    const atMs = backupTimeMs(name);
    return atMs === undefined ? [] : [{ name, atMs }];
  });
  const newestFirst = dated.toSorted((a, b) => b.atMs - a.atMs || b.name.localeCompare(a.name));
  return newestFirst
    .slice(Math.max(1, keep.count))
    .filter(({ atMs }) => nowMs - atMs > keep.ageMs)
    .map(({ name }) => name);
}
