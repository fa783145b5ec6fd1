import { type Answer, known, unknown } from '../base/answer.ts';
import { boundBy } from '../base/bound-signal.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { ReadinessProbe } from '../core/clients/units.ts';
import type { Prober } from './readiness.ts';

const tryTimeoutMs = 2_000;

export interface NetworkProberOptions {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

/** Probes over real sockets; each try has two seconds. Asks only addresses that a client definition named. */
export function createNetworkProber(options: NetworkProberOptions): Prober {
  return async (probe, signal) => {
    const done = new AbortController();
    const late = new AbortController();
    options.clock.sleep(tryTimeoutMs, done.signal).then(
      () => late.abort(),
      () => undefined,
    );
    const either = boundBy(signal === undefined ? [late.signal] : [late.signal, signal]);
    try {
      return await tryOnce(probe, options.fetch, either.signal);
    } catch (cause) {
      return unknown(late.signal.aborted ? `no answer within ${tryTimeoutMs} ms` : reasonOf(cause));
    } finally {
      done.abort();
      either.release();
    }
  };
}

async function tryOnce(
  probe: ReadinessProbe,
  fetchOnce: typeof fetch,
  signal: AbortSignal,
): Promise<Answer<boolean>> {
  switch (probe.kind) {
    case 'none':
      return known(true);
    case 'tcp':
      return known(await connects(probe.port, signal));
    case 'http': {
      const response = await fetchOnce(probe.url, { signal, redirect: 'manual' });
      await response.body?.cancel();
      return known(probe.statuses.includes(response.status));
    }
    case 'json-rpc': {
      const request = { jsonrpc: '2.0', id: 1, method: probe.method, params: [] };
      const response = await fetchOnce(probe.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
        signal,
        redirect: 'manual',
      });
      return holdsResult(response);
    }
  }
}

const maxReplyBytes = 64 * 1024;

async function holdsResult(response: Response): Promise<Answer<boolean>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxReplyBytes) return unknown(`the reply is longer than ${maxReplyBytes} bytes`);
    chunks.push(chunk);
  }
  const reply: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  return known(typeof reply === 'object' && reply !== null && 'result' in reply);
}

async function connects(port: number, signal: AbortSignal): Promise<boolean> {
  const { connect } = await import('node:net');
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', reject);
  });
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(thrown: unknown): string {
  return messageOf(thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown);
}
