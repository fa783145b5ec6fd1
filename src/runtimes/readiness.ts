import { type Answer, known, unknown } from '../base/answer.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { ReadinessProbe } from '../core/clients/units.ts';

/** Tries a probe once: `known(true)` when it answered as wished, `known(false)` when it answered otherwise. */
export type Prober = (probe: ReadinessProbe, signal?: AbortSignal) => Promise<Answer<boolean>>;

export interface ReadinessWait {
  readonly clock: Clock;
  readonly prober: Prober;
  readonly signal?: AbortSignal;
  /** Asked between tries: false ends the wait, because a dead unit never answers. */
  readonly stillRuns?: () => Promise<boolean>;
}

export type ReadinessOutcome =
  | { readonly outcome: 'ready'; readonly tookMs: number }
  /** The unit ended meanwhile. */
  | { readonly outcome: 'ended' }
  | { readonly outcome: 'deadline'; readonly lastReason: string };

const firstWaitMs = 50;
const lastWaitMs = 500;

/**
 * Tries a probe until it answers or its deadline (monotonic) has passed. Waits grow from 50 to 500 ms: a client
 * that is ready in two seconds should not be found out after three. Rejects with the signal's reason on abort.
 */
export async function untilReady(probe: ReadinessProbe, wait: ReadinessWait): Promise<ReadinessOutcome> {
  const startedMs = wait.clock.monotonicMs();
  if (probe.kind === 'none') return { outcome: 'ready', tookMs: 0 };
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(lastWaitMs, waitMs * 1.5)) {
    const answer = await wait.prober(probe, wait.signal);
    wait.signal?.throwIfAborted();
    const tookMs = wait.clock.monotonicMs() - startedMs;
    if (answer.known && answer.value) return { outcome: 'ready', tookMs };
    if (wait.stillRuns !== undefined && !(await wait.stillRuns())) return { outcome: 'ended' };
    if (tookMs >= probe.deadlineMs) {
      return {
        outcome: 'deadline',
        lastReason: answer.known ? 'it answers, but not yet as wished' : answer.reason,
      };
    }
    await wait.clock.sleep(Math.min(waitMs, probe.deadlineMs - tookMs), wait.signal);
  }
}

const tryTimeoutMs = 2_000;

/** Probes over real sockets; each try has two seconds. Only ever asks addresses that a client definition named. */
export function createNetworkProber(fetchOnce: typeof fetch = fetch): Prober {
  return async (probe, signal) => {
    const timeout = AbortSignal.timeout(tryTimeoutMs);
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
    try {
      switch (probe.kind) {
        case 'none':
          return known(true);
        case 'tcp':
          return known(await connects(probe.port, either));
        case 'http':
          return known(probe.statuses.includes(await statusOf(fetchOnce, probe.url, either)));
        case 'json-rpc':
          return known(await answersCall(fetchOnce, probe, either));
      }
    } catch (cause) {
      return unknown(messageOf(cause));
    }
  };
}

async function statusOf(fetchOnce: typeof fetch, url: string, signal: AbortSignal): Promise<number> {
  const response = await fetchOnce(url, { signal, redirect: 'manual' });
  await response.body?.cancel();
  return response.status;
}

async function answersCall(
  fetchOnce: typeof fetch,
  probe: { readonly url: string; readonly method: string },
  signal: AbortSignal,
): Promise<boolean> {
  const response = await fetchOnce(probe.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: probe.method, params: [] }),
    signal,
    redirect: 'manual',
  });
  const body: unknown = JSON.parse(await boundedText(response));
  return typeof body === 'object' && body !== null && 'result' in body;
}

const maxReplyBytes = 64 * 1024;

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxReplyBytes) throw new Error('the reply is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
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
