const usualDepth = 8;
const mostCharacters = 512;

/**
 * The path of an archive's entry, cleaned of `./` and empty parts. Returns a sentence's end instead when the
 * path leaves the folder or is one that no honest archive uses.
 */
export function entryPath(
  raw: string,
  mostDepth: number = usualDepth,
): { readonly parts: readonly string[] } | { readonly problem: string } {
  const shown = JSON.stringify(raw.slice(0, 100));
  if (raw.startsWith('/') || /^[A-Za-z]:/.test(raw)) return { problem: `${shown} is an absolute path` };
  // Control characters would fool a person who lists the folder; a backslash is a separator elsewhere.
  if (/[\p{Cc}\\]/u.test(raw)) return { problem: `${shown} has characters that are not allowed` };
  const parts = raw.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) return { problem: `${shown} leads out of the folder` };
  if (parts.length > mostDepth || raw.length > mostCharacters)
    return { problem: `${shown} is too long or deep` };
  return { parts };
}

/** What two names have in common on a file system that ignores case and Unicode form, as on macOS. */
export function foldedPath(parts: readonly string[]): string {
  return parts.join('/').normalize('NFC').toLowerCase();
}
