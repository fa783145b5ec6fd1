import { type Answer, known, unknown } from '../../base/answer.ts';
import { messageOf } from '../../base/errors.ts';

export interface JsonRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** More than this is not read: a client gone wrong must not fill our memory. */
  readonly maxBytes: number;
}

/**
 * One JSON request to a client's API. Whatever goes wrong (refused, late, too large, not JSON, an error status)
 * is `unknown` with the reason: callers wait, they never conclude.
 */
export async function requestJson(request: JsonRequest): Promise<Answer<unknown>> {
  const deadline = AbortSignal.timeout(request.timeoutMs);
  try {
    const response = await fetch(request.url, {
      method: request.method ?? 'GET',
      signal: deadline,
      redirect: 'error',
      headers: {
        accept: 'application/json',
        ...request.headers,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    const text = await readText(response, request.maxBytes);
    if (text === undefined) return unknown(`the reply is larger than ${request.maxBytes} bytes`);
    if (!response.ok) return unknown(`status ${response.status}`);
    return known(JSON.parse(text));
  } catch (cause) {
    return unknown(deadline.aborted ? `no answer within ${request.timeoutMs} ms` : reasonOf(cause));
  }
}

/** The body as text, or undefined when it exceeds the limit; the rest is then not read. */
async function readText(response: Response, maxBytes: number): Promise<string | undefined> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return messageOf(thrown);
}
