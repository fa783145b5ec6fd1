import { z } from 'zod';
import { messageOf } from '../../base/errors.ts';
import { mayflyErrors } from '../errors.ts';
import type { Submission } from '../submission.ts';
import type { RootHex } from '../types.ts';
import { readEvents } from './event-stream.ts';

const timeoutMs = 5_000;
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

/** The Beacon API of the producer. Every call has a deadline and a limit; each throws EPH-MAYFLY-UPSTREAM. */
export class Upstream {
  readonly url: string;
  private readonly signal: AbortSignal;

  constructor(url: string, signal: AbortSignal) {
    this.url = url.replace(/\/+$/, '');
    this.signal = signal;
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
    return this.call(`/eth/v2/beacon/blocks/${id}`, { accept: 'application/octet-stream' });
  }

  async submit({ path, body, contentType, version }: Submission): Promise<void> {
    const headers: Record<string, string> = { 'content-type': contentType };
    if (version !== undefined) headers['eth-consensus-version'] = version;
    await this.call(path, headers, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
  }

  /** New heads as they come, until the connection ends or `closing` is aborted. */
  async *heads(closing: AbortSignal): AsyncGenerator<RemoteHead> {
    const signal = AbortSignal.any([this.signal, closing]);
    const response = await this.request('/eth/v1/events?topics=head', {
      headers: { accept: 'text/event-stream' },
      signal,
    });
    if (!response.ok || response.body === null) throw this.failure(`status ${response.status}`);
    for await (const event of readEvents(response.body)) {
      const { slot: headSlot, block } = headEvent.parse(JSON.parse(event.data));
      yield { slot: headSlot, root: block };
    }
  }

  private async json(path: string): Promise<unknown> {
    const bytes = await this.call(path, { accept: 'application/json' });
    if (bytes === undefined) throw this.failure(`${path} is not there`);
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  }

  private async call(path: string, headers: Record<string, string>, init: RequestInit = {}) {
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(timeoutMs)]);
    const response = await this.request(path, { ...init, headers, signal });
    const bytes = await this.readBody(response);
    if (response.status === 404) return undefined;
    if (response.ok) return bytes;
    throw this.failure(`${path}: status ${response.status} ${bytes.toString('utf8').slice(0, 200)}`);
  }

  private async request(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(this.url + path, { ...init, redirect: 'error' });
    } catch (cause) {
      throw this.failure(`${path}: ${messageOf(cause)}`, cause);
    }
  }

  private async readBody(response: Response): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
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
