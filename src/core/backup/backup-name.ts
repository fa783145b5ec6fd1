const form = /^ephemery-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-[0-9a-f]{8}\.age$/;

/** A backup's file name: when it was made (UTC), and eight hex digits that keep two of one second apart. */
export function backupName(createdAtMs: number, suffix: string): string {
  const stamp = new Date(createdAtMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `ephemery-${stamp}Z-${suffix}.age`;
}

/** When a backup of this name was made; undefined for any other file, which is none of ours. */
export function backupTimeMs(name: string): number | undefined {
  const [, year, month, day, hour, minute, second] = form.exec(name) ?? [];
  if (year === undefined) return undefined;
  const timeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
