import { type Answer, known, unknown } from '../../base/answer.ts';
import { boundBy } from '../../base/bound-signal.ts';
import { messageOf } from '../../base/errors.ts';
import { type HttpAnswer, HttpClient } from '../../base/http.ts';

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

/** Clients' APIs are on this host or in its network: no proxy of the environment is on the way. */
const http = new HttpClient({ environment: {} });

/** A reply as it came. */
export interface TextReply {
  readonly status: number;
  readonly text: string;
}

/**
 * One JSON request to a client's API. Whatever goes wrong (refused, late, too large, not JSON, a redirect, an error
 * status) is `unknown` with the reason: callers wait, they never conclude.
 */
export async function requestJson(request: JsonRequest): Promise<Answer<unknown>> {
  const reply = await requestText(request);
  if (!reply.known) return reply;
  const { status, text } = reply.value;
  if (status < 200 || status > 299) return unknown(`status ${status}`);
  try {
    return known(JSON.parse(text));
  } catch {
    // The parser's own words quote the reply.
    return unknown('the reply is not JSON');
  }
}

/** The same with whatever status and text came back, for those who tell them. */
export async function requestText(request: JsonRequest): Promise<Answer<TextReply>> {
  const { url, method = 'GET', body, headers, timeoutMs, maxBytes } = request;
  const deadline = boundBy([], timeoutMs);
  try {
    const answer = await http.request({
      url,
      method,
      headers: {
        accept: 'application/json',
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: deadline.signal,
      headersTimeoutMs: timeoutMs,
      idleTimeoutMs: timeoutMs,
      redirects: 0,
    });
    const text = await readText(answer, maxBytes);
    if (text === undefined) return unknown(`the reply is larger than ${maxBytes} bytes`);
    return known({ status: answer.status, text });
  } catch (cause) {
    return unknown(deadline.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(cause));
  } finally {
    deadline.release();
  }
}

/** The body as text, or undefined when it exceeds the limit; the rest is then not read. */
async function readText(answer: HttpAnswer, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body()) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The code of the system says it in one word, and without the address that the caller knows. */
function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return messageOf(thrown);
}
