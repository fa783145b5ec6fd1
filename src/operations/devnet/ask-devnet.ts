import { isEphemeryError, reasonOf } from '../../base/errors.ts';
import { HttpClient, type HttpRequest } from '../../base/http.ts';
import { fleetErrors } from '../fleet/errors.ts';
import type { Services } from '../services.ts';
import { devnetFolder, readDevnetSettings } from './devnet-file.ts';
import type { DevnetSettings } from './devnet-settings.ts';
import { devnetErrors } from './errors.ts';

export type DevnetServices = Pick<Services, 'clock' | 'host' | 'paths'>;

/** One question to a part of a devnet: `part` names it in messages. */
export interface DevnetQuestion {
  readonly name: string;
  readonly part: string;
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

const timeoutMs = 10_000;
const mostBytes = 1024 * 1024;

/** The settings of a devnet of this root. Throws EPH-FLEET-NO-DEVNET and EPH-DEVNET-SETTINGS-UNREADABLE. */
export async function settingsOfDevnet({ paths }: DevnetServices, name: string): Promise<DevnetSettings> {
  const settings = await readDevnetSettings(devnetFolder(paths.root, name));
  if (settings === undefined) throw fleetErrors.create('EPH-FLEET-NO-DEVNET', { name });
  return settings;
}

/** Parsed JSON of the answer, unchecked. Throws EPH-DEVNET-NO-ANSWER, and EPH-DEVNET-REFUSED for status 400. */
export async function askDevnet(services: DevnetServices, question: DevnetQuestion): Promise<unknown> {
  const { name, part } = question;
  const http = new HttpClient({ clock: services.clock, environment: services.host.env });
  try {
    const answer = await http.request(requestOf(question));
    const body = await readJson(answer.body());
    if (answer.status === 200) return body;
    if (answer.status !== 400) throw noAnswer(question, `status ${answer.status}`);
    throw devnetErrors.create('EPH-DEVNET-REFUSED', { name, part, reason: reasonIn(body) });
  } catch (cause) {
    if (question.signal.aborted) throw question.signal.reason;
    if (isEphemeryError(cause) && cause.code.startsWith('EPH-DEVNET-')) throw cause;
    throw noAnswer(question, reasonOf(cause), cause);
  } finally {
    await http.close();
  }
}

/** For answers that are JSON of another form than this part gives. */
export function noAnswer(
  { name, part, url }: Pick<DevnetQuestion, 'name' | 'part' | 'url'>,
  reason: string,
  cause?: unknown,
): Error {
  const facts = { name, part, url, reason: reason.replace(/\.$/, '') };
  return devnetErrors.create('EPH-DEVNET-NO-ANSWER', facts, cause);
}

function requestOf({ url, method, body, signal }: DevnetQuestion): HttpRequest {
  return {
    url,
    method,
    signal,
    headersTimeoutMs: timeoutMs,
    idleTimeoutMs: timeoutMs,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  };
}

async function readJson(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > mostBytes) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** The producer says `message`, the releaser `error`. */
function reasonIn(body: unknown): string {
  const { message, error } = (body ?? {}) as { message?: unknown; error?: unknown };
  const reason = [message, error].find((text) => typeof text === 'string');
  return typeof reason === 'string' ? reason.replace(/\.$/, '') : 'it does not say why';
}
