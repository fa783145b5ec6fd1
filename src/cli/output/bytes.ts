const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `1.5 GB`, in powers of a thousand. */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const value = bytes / 1_000 ** power;
  return `${value >= 10 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power] ?? 'B'}`;
}
