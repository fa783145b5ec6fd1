import type { HttpClient } from '../base/http.ts';
import type { PublishedChecksum } from '../core/clients/artifact-choice.ts';
import { artifactErrors } from './errors.ts';
import { readPublished } from './read-published.ts';

/**
 * The SHA-256 that the publisher gives for a file. Throws EPH-ARTIFACT-FETCH when the publisher cannot be reached,
 * and EPH-ARTIFACT-NO-CHECKSUM when it gives none: one that has checksums and does not show this one is no reason to do
 * without.
 */
export async function publishedSha256(
  http: HttpClient,
  checksum: PublishedChecksum,
  { fileName, signal }: { readonly fileName: string; readonly signal?: AbortSignal },
): Promise<string> {
  const refuse = (problem: string, cause?: unknown) =>
    artifactErrors.create('EPH-ARTIFACT-NO-CHECKSUM', { url: checksum.url, problem }, cause);
  const text = await readPublished(http, { url: checksum.url, signal, refuse });
  const sha256 = checksum.form === 'bare' ? bareSum(text) : listedSum(text, fileName);
  if (sha256 !== undefined) return sha256;
  throw refuse(checksum.form === 'bare' ? 'it holds no SHA-256' : `it does not name ${fileName}`);
}

function bareSum(text: string): string | undefined {
  return /^\s*([0-9a-fA-F]{64})\s*$/.exec(text)?.[1]?.toLowerCase();
}

/** Lines as `sha256sum` writes them: the sum, two spaces or a space and an asterisk, and a path. */
function listedSum(text: string, fileName: string): string | undefined {
  for (const line of text.split(/\r?\n/)) {
    const [, sum, path] = /^\\?([0-9a-fA-F]{64}) [ *](.+)$/.exec(line.trim()) ?? [];
    if (path?.split('/').at(-1) === fileName) return sum?.toLowerCase();
  }
  return undefined;
}
