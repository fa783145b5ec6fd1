import { z } from 'zod';
import { type Answer, known, unknown } from '../../base/answer.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { HttpClient } from '../../base/http.ts';
import type { CheckpointProvider } from '../checkpoint-provider.ts';
import { mapAnswer, parseAnswer } from './parse-answer.ts';

const root = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
const epoch = z
  .string()
  .regex(/^[0-9]{1,15}$/)
  .transform(Number);
const genesis = z.object({ data: z.object({ genesis_validators_root: root }) });
const finality = z.object({ data: z.object({ finalized: z.object({ epoch, root }) }) });
const blockRoot = z.object({ data: z.object({ root }) });

/** Each answer is some hundred bytes. */
const maxBytes = 64 * 1024;
/** From the request to the last byte: one that drips must not hold up a start. */
const deadlineMs = 8_000;

/**
 * Asks a checkpoint provider by those routes of the Beacon API that beacon nodes and checkpointz both have.
 * Others' servers: proxies are honoured, redirects to another host are refused, answers are bounded in size
 * and time, and whatever goes wrong is `unknown`.
 */
export function openCheckpointProvider(
  url: string,
  tools: { readonly http: HttpClient; readonly clock: Clock },
): CheckpointProvider {
  const base = url.replace(/\/+$/, '');
  const get = async <T>(path: string, schema: z.ZodType<T>): Promise<Answer<T>> =>
    parseAnswer(await getJson(`${base}${path}`, tools), schema);
  return {
    url,
    genesisValidatorsRoot: async () =>
      mapAnswer(await get('/eth/v1/beacon/genesis', genesis), ({ data }) =>
        data.genesis_validators_root.toLowerCase(),
      ),
    finalized: async () =>
      mapAnswer(
        await get('/eth/v1/beacon/states/head/finality_checkpoints', finality),
        ({ data: { finalized } }) => ({ epoch: finalized.epoch, root: finalized.root.toLowerCase() }),
      ),
    blockRoot: async (slot) =>
      mapAnswer(await get(`/eth/v1/beacon/blocks/${slot}/root`, blockRoot), ({ data }) =>
        data.root.toLowerCase(),
      ),
  };
}

async function getJson(
  url: string,
  { http, clock }: { readonly http: HttpClient; readonly clock: Clock },
): Promise<Answer<unknown>> {
  const late = new AbortController();
  const answered = new AbortController();
  void clock.sleep(deadlineMs, answered.signal).then(
    () => late.abort(),
    () => undefined,
  );
  try {
    const answer = await http.request({
      url,
      headers: { accept: 'application/json' },
      redirects: 'same-host',
      signal: late.signal,
      headersTimeoutMs: deadlineMs,
      idleTimeoutMs: deadlineMs,
    });
    if (answer.status !== 200) {
      answer.discard();
      return unknown(
        answer.status >= 300 && answer.status < 400 ? 'it sends us elsewhere' : `status ${answer.status}`,
      );
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of answer.body()) {
      size += chunk.length;
      if (size > maxBytes) return unknown(`the answer is larger than ${maxBytes} bytes`);
      chunks.push(chunk);
    }
    return known(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch (thrown) {
    return unknown(late.signal.aborted ? `no answer within ${deadlineMs} ms` : messageOf(thrown));
  } finally {
    answered.abort();
  }
}
