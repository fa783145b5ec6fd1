import { isEphemeryError, messageOf } from '../base/errors.ts';
import type { HttpClient } from '../base/http.ts';
import { displayUrl } from '../base/http-url.ts';
import { readSmall } from '../base/read-small.ts';
import { artifactErrors } from './errors.ts';

const unreached: ReadonlySet<string> = new Set(['EPH-HTTP-UNREACHABLE', 'EPH-HTTP-TIMEOUT', 'EPH-HTTP-BODY']);

export interface PublishedAsk {
  readonly url: string;
  readonly signal?: AbortSignal | undefined;
  /** The error for what a publisher that answers does not give. */
  readonly refuse: (problem: string, cause?: unknown) => Error;
}

/**
 * What a publisher says of a file, as text. Throws EPH-ARTIFACT-FETCH when the publisher cannot be reached, which is no
 * reason to suspect the file, and what `refuse` makes when there is nothing to read.
 */
export async function readPublished(
  http: HttpClient,
  { url, signal, refuse }: PublishedAsk,
): Promise<string> {
  const found = await readSmall(http, url, signal).catch((thrown: unknown) => {
    if (signal?.aborted) throw signal.reason;
    if (!isEphemeryError(thrown) || !unreached.has(thrown.code)) throw refuse(messageOf(thrown), thrown);
    const facts = { origin: displayUrl(url), problem: messageOf(thrown) };
    throw artifactErrors.create('EPH-ARTIFACT-FETCH', facts, thrown);
  });
  if ('status' in found) throw refuse(`it answered with status ${found.status}`);
  if ('problem' in found) throw refuse(found.problem);
  return found.text;
}
