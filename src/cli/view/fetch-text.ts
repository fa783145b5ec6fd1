import { formatBytes } from '../output/bytes.ts';
import { plainText } from '../output/plain-text.ts';

/** How far something is on its way; of a digest, as much as it takes to know it again. */
export function fetchText(what: string, bytes: number, totalBytes: unknown): string {
  const name = plainText(what.replace(/@sha256:([0-9a-f]{12})[0-9a-f]+$/, '@sha256:$1…'));
  if (typeof totalBytes !== 'number') return `Fetching ${name}: ${formatBytes(bytes)}`;
  const percent = Math.floor((100 * bytes) / totalBytes);
  return `Fetching ${name}: ${formatBytes(bytes)} of ${formatBytes(totalBytes)} (${percent}%)`;
}
