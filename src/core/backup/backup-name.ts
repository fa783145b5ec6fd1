const form = /^ephemery-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-(?:([0-9a-f]{12})-)?[0-9a-f]{8}\.age$/;

/** What the name of a backup says. */
export interface NamedBackup {
  readonly createdAtMs: number;
  /** The beginning of the id of the installation that made it; absent in names of an earlier form. */
  readonly installation?: string;
}

/** The part of an installation's id that is in the names of its backups. */
export function backupInstallation(id: string): string {
  return id.slice(0, 12);
}

/**
 * A backup's file name: when it was made (UTC), by which installation, because several may share a place, and eight hex
 * digits that keep two of one second apart.
 */
export function backupName(createdAtMs: number, installation: string, suffix: string): string {
  const stamp = new Date(createdAtMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `ephemery-${stamp}Z-${installation}-${suffix}.age`;
}

/** Reads the name of a backup; undefined for any other file, which is none of ours. */
export function readBackupName(name: string): NamedBackup | undefined {
  const [, year, month, day, hour, minute, second, installation] = form.exec(name) ?? [];
  if (year === undefined) return undefined;
  const createdAtMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(createdAtMs)) return undefined;
  return { createdAtMs, ...(installation === undefined ? {} : { installation }) };
}
