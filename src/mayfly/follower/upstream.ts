import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import { aborted, boundBy } from '../../base/bound-signal.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { type HttpAnswer, HttpClient, type HttpRequest } from '../../base/http.ts';
import { readEvents, type StreamEvent } from '../../base/server-sent-events.ts';
import { mayflyErrors } from '../errors.ts';
import type { Submission } from '../submission.ts';
import type { RootHex } from '../types.ts';
import { type HeardEvent, heardTopics } from './heard-votes.ts';

const maxReplyBytes = 32 * 1024 * 1024;

const root = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((hex) => hex.toLowerCase());
const slot = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const genesis = z.object({ data: z.object({ genesis_validators_root: root }) });
const header = z.object({ data: z.object({ root, header: z.object({ message: z.object({ slot }) }) }) });
const headEvent = z.object({ slot, block: root });

/** The head of the chain that is followed. */
export interface RemoteHead {
  readonly slot: number;
  readonly root: RootHex;
}

/** What the producer's stream tells: a new head, or something that it has heard. */
export type RemoteEvent =
  | { readonly kind: 'head'; readonly head: RemoteHead }
  | ({ readonly kind: 'heard' } & HeardEvent);

/**
 * The Beacon API of the producer. Every call has a deadline and a limit, and ends with the signal; each throws
 * EPH-MAYFLY-UPSTREAM.
 */
export class Upstream {
  readonly url: string;
  private readonly signal: AbortSignal;
  private readonly timeoutMs: number;
  private readonly http = new HttpClient();

  constructor(url: string, signal: AbortSignal, timeoutMs = 5_000) {
    this.url = url.replace(/\/+$/, '');
    this.signal = signal;
    this.timeoutMs = timeoutMs;
    // A window of requests at a time listens to it.
    setMaxListeners(0, signal);
  }

  async validatorsRoot(): Promise<RootHex> {
    const reply = genesis.parse(await this.json('/eth/v1/beacon/genesis'));
    return reply.data.genesis_validators_root;
  }

  async head(): Promise<RemoteHead> {
    const { data } = header.parse(await this.json('/eth/v1/beacon/headers/head'));
    return { root: data.root, slot: data.header.message.slot };
  }

  /** The SSZ of a block by root or slot; undefined where there is none. */
  async block(id: RootHex | number): Promise<Uint8Array | undefined> {
    return this.call(`/eth/v2/beacon/blocks/${id}`, { headers: { accept: 'application/octet-stream' } });
  }

  async submit({ path, body, contentType, version }: Submission): Promise<void> {
    const headers: Record<string, string> = { 'content-type': contentType };
    if (version !== undefined) headers['eth-consensus-version'] = version;
    await this.call(path, { method: 'POST', headers, body });
  }

  /**
   * New heads and votes as they come, until the connection ends or `closing` is aborted. They are on one stream, so
   * that a vote comes after the head that it is for.
   */
  async *events(closing: AbortSignal): AsyncGenerator<RemoteEvent> {
    const bound = boundBy([this.signal, closing]);
    try {
      const { signal } = bound;
      const headers = { accept: 'text/event-stream' };
      // A network without blocks is silent for as long as it likes; the follower asks when it hears nothing.
      const response = await this.request(`/eth/v1/events?topics=head,${heardTopics.join(',')}`, {
        headers,
        signal,
        idleTimeoutMs: 0,
      });
      if (response.status !== 200) {
        response.discard();
        throw this.failure(`status ${response.status}`);
      }
      for await (const event of readEvents(response.body())) {
        yield readEvent(event);
      }
    } finally {
      bound.release();
    }
  }

  /** Closes its connections. */
  close(): Promise<void> {
    return this.http.close();
  }

  private async json(path: string): Promise<unknown> {
    const bytes = await this.call(path, { headers: { accept: 'application/json' } });
    if (bytes === undefined) throw this.failure(`${path} is not there`);
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  }

  /** The whole call within its deadline, body included: one that trickles is cut off as one that is silent. */
  private async call(path: string, request: Omit<HttpRequest, 'url'>): Promise<Uint8Array | undefined> {
    const bound = boundBy([this.signal], this.timeoutMs);
    try {
      const work = this.answer(path, { ...request, signal: bound.signal });
      return await Promise.race([work, aborted(bound.signal)]);
    } catch (cause) {
      if (this.signal.aborted) throw this.signal.reason;
      if (isEphemeryError(cause, 'EPH-MAYFLY-UPSTREAM')) throw cause;
      throw this.failure(`${path}: ${messageOf(cause)}`, cause);
    } finally {
      bound.release();
    }
  }

  private async answer(path: string, init: Omit<HttpRequest, 'url'>): Promise<Uint8Array | undefined> {
    const response = await this.request(path, init);
    const bytes = await this.readBody(response);
    if (response.status === 404) return undefined;
    if (response.status >= 200 && response.status < 300) return bytes;
    throw this.failure(`${path}: status ${response.status} ${bytes.toString('utf8').slice(0, 200)}`);
  }

  private request(path: string, init: Omit<HttpRequest, 'url'>): Promise<HttpAnswer> {
    return this.http.request({ ...init, url: this.url + path, redirects: 0 });
  }

  private async readBody(response: HttpAnswer): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body()) {
      size += chunk.length;
      if (size > maxReplyBytes) throw this.failure(`a reply exceeds ${maxReplyBytes} bytes`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  private failure(reason: string, cause?: unknown): Error {
    return mayflyErrors.create('EPH-MAYFLY-UPSTREAM', { url: this.url, reason }, cause);
  }
}

/** Any other topic than those of votes is read as the head: it was not asked for, and is refused as no head. */
function readEvent({ name, data }: StreamEvent): RemoteEvent {
  const topic = heardTopics.find((heard) => heard === name);
  if (topic !== undefined) return { kind: 'heard', topic, data: JSON.parse(data) };
  const { slot: headSlot, block } = headEvent.parse(JSON.parse(data));
  return { kind: 'head', head: { slot: headSlot, root: block } };
}
