import { messageOf } from '../../base/errors.ts';
import type { HttpClient } from '../../base/http.ts';

/** Whether a file is there: a clear word either way, or the reason why that is not known. */
export type Probe =
  | { readonly there: true }
  | { readonly there: false }
  | { readonly there: 'unknown'; readonly reason: string };

/**
 * Asks with HEAD whether a file exists. A redirect to another host counts as there: hosts keep assets on a
 * storage of their own, which may sign for GET alone. Aborting throws the signal's reason.
 */
export async function probe(http: HttpClient, url: string, signal?: AbortSignal): Promise<Probe> {
  try {
    const answer = await http.request({
      url,
      method: 'HEAD',
      redirects: 'same-host',
      ...(signal === undefined ? {} : { signal }),
    });
    answer.discard();
    return readStatus(answer.status, answer.header('content-type') ?? '');
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason;
    return { there: 'unknown', reason: messageOf(thrown) };
  }
}

function readStatus(status: number, contentType: string): Probe {
  if (status >= 300 && status < 400) return { there: true };
  if (status === 404 || status === 410) return { there: false };
  if (status === 403 || status === 429)
    return { there: 'unknown', reason: `requests are limited (status ${status})` };
  if (status !== 200) return { there: 'unknown', reason: `status ${status}` };
  if (/^text\/html\b/i.test(contentType)) return { there: 'unknown', reason: 'a web page instead of a file' };
  return { there: true };
}
