import { backoffMs } from '../../base/backoff.ts';
import type { Clock } from '../../base/clock.ts';
import { reasonOf } from '../../base/errors.ts';
import type { HttpClient } from '../../base/http.ts';
import type { Random } from '../../base/random.ts';
import { fleetErrors } from './errors.ts';

export interface WebhookTools {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
}

interface WebhookCall {
  readonly url: string;
  /** For people: the address without its secrets. */
  readonly target: string;
  readonly body: object;
}

const mostTries = 4;
const waits = { firstMs: 1000, lastMs: 8000 } as const;
/** Answers that another try may change. */
const passing = (status: number) => status >= 500 || status === 408 || status === 429;

/**
 * Posts the body. What may pass is tried again, all within the time of the signal: whoever is called may get the same
 * event twice. Throws EPH-FLEET-HOOK-FAILED.
 */
export async function callWebhook(
  call: WebhookCall,
  signal: AbortSignal,
  tools: WebhookTools,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { reason, isFinal } = await tryOnce(call, signal, tools);
    if (reason === undefined) return;
    if (isFinal || tries === mostTries || signal.aborted) throw failed(call, reason, tries);
    await tools.clock.sleep(backoffMs(waits, tries - 1, tools.random), signal).catch(() => {
      throw failed(call, reason, tries);
    });
  }
}

async function tryOnce(
  { url, body }: WebhookCall,
  signal: AbortSignal,
  { http }: WebhookTools,
): Promise<{ readonly reason?: string; readonly isFinal?: boolean }> {
  try {
    const answer = await http.request({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    });
    answer.discard();
    if (answer.status >= 200 && answer.status < 300) return {};
    return { reason: `status ${answer.status}`, isFinal: !passing(answer.status) };
  } catch (thrown) {
    // The problem alone: the address may be a secret.
    return { reason: reasonOf(thrown) };
  }
}

function failed({ target }: WebhookCall, reason: string, tries: number): Error {
  const facts = { target, reason: tries === 1 ? reason : `${reason}, after ${tries} tries` };
  return fleetErrors.create('EPH-FLEET-HOOK-FAILED', facts);
}
