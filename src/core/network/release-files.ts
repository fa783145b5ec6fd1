/** The files of a release by their path in the network-config layout (`metadata/genesis.json`). Nothing in them is trusted. */
export type ReleaseFiles = ReadonlyMap<string, Uint8Array>;

/** The text of a file; undefined when it is absent, empty, or not UTF-8. */
export function textOf(files: ReleaseFiles, path: string): string | undefined {
  const bytes = files.get(path);
  if (bytes === undefined || bytes.length === 0) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A whole number from 0 on, written in decimal or with 0x, as text or as a number; undefined for all else. */
export function wholeNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^(?:0x[0-9a-fA-F]{1,14}|[0-9]{1,16})$/.test(value)) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const number = Number(value);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

/** Lower-case hex of exactly `byteLength` bytes with 0x; undefined for all else. */
export function hexOf(value: unknown, byteLength: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim().toLowerCase();
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  return digits.length === byteLength * 2 && /^[0-9a-f]*$/.test(digits) ? `0x${digits}` : undefined;
}
