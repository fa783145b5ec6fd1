import { z } from 'zod';
import { messageOf } from '../../base/errors.ts';
import type { EngineReply } from '../engine.ts';
import { requestJson } from './json-request.ts';

/** A payload holds up to about 10 MB of transactions, and twice that as hex. */
const maxBytes = 64 * 1024 * 1024;

const reply = z.union([
  z.object({ error: z.object({ code: z.number(), message: z.string() }) }),
  z.object({ result: z.unknown() }),
]);

export interface EngineRequest {
  readonly url: string;
  readonly token: string;
  readonly method: string;
  readonly params: readonly unknown[];
  readonly timeoutMs: number;
}

/** One authenticated call. A refused token is `offline`: whatever listens there is not our execution client. */
export async function postEngine(request: EngineRequest): Promise<EngineReply<unknown>> {
  const { url, token, method, params, timeoutMs } = request;
  const answer = await requestJson({
    url,
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: { jsonrpc: '2.0', id: 1, method, params },
    timeoutMs,
    maxBytes,
  });
  if (!answer.known) return { kind: 'offline', reason: `${method}: ${answer.reason}` };
  const parsed = reply.safeParse(answer.value);
  if (!parsed.success) return { kind: 'offline', reason: `${method}: ${messageOf(parsed.error)}` };
  if ('error' in parsed.data) return { kind: 'refused', ...parsed.data.error };
  return { kind: 'answer', value: parsed.data.result };
}
