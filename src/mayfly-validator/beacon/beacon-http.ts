import { setMaxListeners } from 'node:events';
import { aborted, boundBy } from '../../base/bound-signal.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { type HttpAnswer, HttpClient } from '../../base/http.ts';
import { readEvents, type StreamEvent } from '../../base/server-sent-events.ts';
import { mayflyValidatorErrors } from '../errors.ts';

/** A block with the largest payload and all its blobs is about 14 MB, and twice that as JSON. */
const maxReplyBytes = 64 * 1024 * 1024;
const usualTimeoutMs = 4_000;

export interface BeaconCall {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  /** Instead of `body`: SSZ. */
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface BeaconReply {
  readonly bytes: Buffer;
  header(name: string): string | undefined;
}

/**
 * HTTP to a beacon node: every call has a deadline and a limit, and ends with the signal; each throws
 * EPH-MAYFLY-VALIDATOR-BEACON.
 */
export class BeaconHttp {
  readonly url: string;
  private readonly signal: AbortSignal;
  private readonly http = new HttpClient();

  constructor(url: string, signal: AbortSignal) {
    this.url = url.replace(/\/+$/, '');
    this.signal = signal;
    // Duties of many keys listen to it at once.
    setMaxListeners(0, signal);
  }

  async json(path: string, call: BeaconCall = {}): Promise<unknown> {
    const { bytes } = await this.call(path, {
      ...call,
      headers: { accept: 'application/json', ...call.headers },
    });
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch (cause) {
      throw this.failure(`${path}: the answer is not JSON`, cause);
    }
  }

  /** The whole call within its deadline, body included. */
  async call(path: string, call: BeaconCall): Promise<BeaconReply> {
    const bound = boundBy([this.signal], call.timeoutMs ?? usualTimeoutMs);
    try {
      return await Promise.race([this.exchange(path, call, bound.signal), aborted(bound.signal)]);
    } catch (cause) {
      if (this.signal.aborted) throw this.signal.reason;
      if (isEphemeryError(cause, 'EPH-MAYFLY-VALIDATOR-BEACON')) throw cause;
      throw this.failure(`${path}: ${messageOf(cause)}`, cause);
    } finally {
      bound.release();
    }
  }

  /** Events as they come, until the connection ends. */
  async *events(path: string): AsyncGenerator<StreamEvent> {
    const headers = { accept: 'text/event-stream' };
    const request = { url: this.url + path, headers, signal: this.signal, idleTimeoutMs: 0, redirects: 0 };
    const answer = await this.http.request(request);
    if (answer.status === 200) yield* readEvents(answer.body());
    else answer.discard();
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private async exchange(path: string, call: BeaconCall, signal: AbortSignal): Promise<BeaconReply> {
    const { body, bytes, method = 'GET' } = call;
    const answer = await this.http.request({
      url: this.url + path,
      method,
      signal,
      redirects: 0,
      headers: { ...contentType(call), ...call.headers },
      ...(bytes === undefined ? {} : { body: bytes }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const read = await this.readBody(answer);
    if (answer.status < 200 || answer.status >= 300) {
      const { status } = answer;
      const reason = `${path.split('?')[0]}: status ${status} ${read.toString('utf8').slice(0, 300)}`;
      throw mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-BEACON', { url: this.url, reason, status });
    }
    return { bytes: read, header: (name) => answer.header(name) };
  }

  private async readBody(answer: HttpAnswer): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body()) {
      size += chunk.length;
      if (size > maxReplyBytes) throw this.failure(`a reply exceeds ${maxReplyBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  private failure(reason: string, cause?: unknown): Error {
    return mayflyValidatorErrors.create('EPH-MAYFLY-VALIDATOR-BEACON', { url: this.url, reason }, cause);
  }
}

function contentType({ body, bytes }: BeaconCall): Record<string, string> {
  if (bytes !== undefined) return { 'content-type': 'application/octet-stream' };
  return body === undefined ? {} : { 'content-type': 'application/json' };
}
