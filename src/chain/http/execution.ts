import { z } from 'zod';
import { type Answer, unknown } from '../../base/answer.ts';
import type { ExecutionApi, ExecutionBlock } from '../execution.ts';
import { requestJson } from './json-request.ts';
import { mapAnswer, parseAnswer } from './parse-answer.ts';

// Quantities are hex without leading zeros; 13 digits keep them within whole numbers (execution-apis, "QUANTITY").
const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,13}$/)
  .transform((hex) => Number.parseInt(hex, 16));
const hash = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
const block = z.object({ number: quantity, hash, timestamp: quantity });
const reply = z.union([
  z.object({ result: z.unknown().refine((result) => result !== undefined && result !== null) }),
  z.object({ error: z.object({ code: z.number(), message: z.string() }) }),
]);

const maxBytes = 8 * 1024 * 1024;

export interface ExecutionHttpOptions {
  /** The JSON-RPC URL. */
  readonly url: string;
  readonly timeoutMs?: number;
}

/** Asks an execution client by JSON-RPC over HTTP. Source of the methods: ethereum/execution-apis. */
export function createExecutionHttp({ url, timeoutMs = 2_000 }: ExecutionHttpOptions): ExecutionApi {
  const call = async <T>(method: string, params: unknown[], schema: z.ZodType<T>): Promise<Answer<T>> => {
    const body = { jsonrpc: '2.0', id: 1, method, params };
    const answer = parseAnswer(await requestJson({ url, method: 'POST', body, timeoutMs, maxBytes }), reply);
    if (!answer.known) return answer;
    if ('error' in answer.value) {
      return unknown(`${method}: ${answer.value.error.message} (${answer.value.error.code})`);
    }
    return parseAnswer({ known: true, value: answer.value.result }, schema);
  };
  return {
    chainId: () => call('eth_chainId', [], quantity),
    block: async (which) => {
      const tag = which === 'latest' ? which : `0x${which.toString(16)}`;
      return mapAnswer(await call('eth_getBlockByNumber', [tag, false], block), toBlock);
    },
    peerCount: () => call('net_peerCount', [], quantity),
    version: () => call('web3_clientVersion', [], z.string().max(300)),
  };
}

function toBlock(raw: z.infer<typeof block>): ExecutionBlock {
  return { number: raw.number, hash: raw.hash.toLowerCase(), timestampSeconds: raw.timestamp };
}
