import { readBackupName } from './backup-name.ts';

export interface BackupKeep {
  /** So many of the newest always stay. */
  readonly count: number;
  /** Beyond these, none is removed that is younger. */
  readonly ageMs: number;
}

/**
 * The backups of one installation that may go: neither among its newest `count` nor younger than `ageMs`. Those of others
 * and files of other names are never listed; a backup dated in the future is new, whatever the clock says.
 */
export function expiredBackups(
  names: readonly string[],
  keep: BackupKeep,
  { nowMs, installation }: { readonly nowMs: number; readonly installation: string },
): readonly string[] {
  const dated = names.flatMap((name) => {
    const read = readBackupName(name);
    return read?.installation === installation ? [{ name, atMs: read.createdAtMs }] : [];
  });
  const newestFirst = dated.toSorted((a, b) => b.atMs - a.atMs || b.name.localeCompare(a.name));
  return newestFirst
    .slice(Math.max(1, keep.count))
    .filter(({ atMs }) => nowMs - atMs > keep.ageMs)
    .map(({ name }) => name);
}
