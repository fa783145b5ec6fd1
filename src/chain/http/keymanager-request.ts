import { z } from 'zod';
import { conceal } from '../../base/conceal.ts';
import type { HttpAnswer, HttpClient } from '../../base/http.ts';
import type { Secret } from '../../base/secret.ts';
import { keymanagerErrors } from './keymanager-errors.ts';

export interface KeymanagerRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** After `/eth/v1/`. */
  readonly path: string;
  readonly body?: unknown;
  /** For errors: what is asked, in words. */
  readonly asked: string;
  /** Until the answer begins. */
  readonly timeoutMs: number;
  /** Never to be seen in what a client answers. */
  readonly secrets?: readonly string[];
}

export interface KeymanagerEnd {
  readonly http: HttpClient;
  /** Without /eth. */
  readonly url: string;
  /** Absent for a client whose API knows none. */
  readonly token?: Secret;
  /** `remote`: it knows no keystores, and is not asked for them. */
  readonly keys?: 'local' | 'remote' | 'both';
  /** Words of a refusal with which this client says that nothing is set. */
  readonly nothingSet?: readonly string[];
}

/** The interchange of 1,000 keys over an iteration, and nothing that fills our memory. */
const mostBytes = 128 * 1024 * 1024;
const idleTimeoutMs = 30_000;
const longestReason = 200;

/** What a client says when it refuses: the standard's `message`, or whatever it sends. */
const refusal = z.object({ message: z.string() });

/** The parsed answer of a call. Throws EPH-KEYMANAGER-* and EPH-HTTP-*. */
export async function askKeymanager<S extends z.ZodType>(
  end: KeymanagerEnd,
  request: KeymanagerRequest,
  schema: S,
): Promise<z.infer<S>> {
  const { url } = end;
  const { asked } = request;
  const text = await send(end, request);
  const reply = (problem: string, cause?: unknown) =>
    keymanagerErrors.create('EPH-KEYMANAGER-REPLY', { url, asked, problem }, cause);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw reply('it is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw reply(`${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
}

/** A call that answers nothing: clients differ in which success they say and what they send with it. */
export async function tellKeymanager(end: KeymanagerEnd, request: KeymanagerRequest): Promise<void> {
  await send(end, request);
}

async function send({ http, url, token }: KeymanagerEnd, request: KeymanagerRequest): Promise<string> {
  const { method, path, body, asked, timeoutMs } = request;
  const answer = await http.request({
    url: `${url.replace(/\/+$/, '')}/eth/v1/${path}`,
    method,
    // The token goes to this server and to no other.
    redirects: 0,
    headersTimeoutMs: timeoutMs,
    idleTimeoutMs,
    headers: {
      accept: 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const { status } = answer;
  if (status === 401 || status === 403) {
    answer.discard();
    throw keymanagerErrors.create('EPH-KEYMANAGER-TOKEN-REFUSED', { url, status });
  }
  const text = await readText(answer, { url, asked });
  if (status >= 200 && status < 300) return text;
  const secrets = [...(request.secrets ?? []), ...(token === undefined ? [] : [token.reveal()])];
  const reason = saidIn(text, secrets);
  if (status === 404 || status === 405 || status === 501)
    throw keymanagerErrors.create('EPH-KEYMANAGER-NOT-FOUND', { url, asked, reason });
  throw keymanagerErrors.create('EPH-KEYMANAGER-REFUSED', { url, asked, status, reason });
}

async function readText(answer: HttpAnswer, facts: { url: string; asked: string }): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body()) {
    size += chunk.length;
    if (size > mostBytes) {
      answer.discard();
      const problem = `it is longer than ${mostBytes} bytes`;
      throw keymanagerErrors.create('EPH-KEYMANAGER-REPLY', { ...facts, problem });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function saidIn(text: string, secrets: readonly string[]): string {
  let said = text;
  try {
    const parsed = refusal.safeParse(JSON.parse(text));
    if (parsed.success) said = parsed.data.message;
  } catch {
    // Plain text, or a web page.
  }
  return quotable(said, secrets) || 'no reason given';
}

/** A client's words on one line, without our secrets, not too long. */
export function quotable(text: string, secrets: readonly string[]): string {
  return conceal(text, secrets).replaceAll(/\s+/g, ' ').trim().slice(0, longestReason).replace(/\.$/, '');
}
