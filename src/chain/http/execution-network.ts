import { z } from 'zod';
import { type Answer, known, unknown } from '../../base/answer.ts';
import type { ExecutionProgress } from '../../core/sync/sync-stage.ts';
import type { ExecutionNetworkApi, OwnIdentity, PeerInfo } from '../node-network.ts';
import { requestJson } from './json-request.ts';
import { mapAnswer, parseAnswer } from './parse-answer.ts';

const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,13}$/)
  .transform((hex) => Number.parseInt(hex, 16));
const reply = z.union([
  z.object({ result: z.unknown() }),
  z.object({ error: z.object({ code: z.number(), message: z.string() }) }),
]);
const word = z.string().max(400);
// Every client adds figures of its own; what is no number is left out.
const syncing = z.union([z.literal(false), z.record(z.string(), z.unknown())]);
const stage = z.object({ stage_name: word.optional(), name: word.optional() }).catchall(z.unknown());
const peer = z.object({
  name: word.optional(),
  inbound: z.boolean().optional(),
  network: z.object({ inbound: z.boolean().optional(), remoteAddress: word.optional() }).optional(),
});
const nodeInfo = z.object({
  enode: word.optional(),
  enr: z.string().max(600).optional(),
  ip: word.optional(),
  ports: z.object({ listener: z.number().optional(), discovery: z.number().optional() }).optional(),
});

const maxBytes = 4 * 1024 * 1024;

/**
 * Asks an execution client for its progress and its peers. Sources: ethereum/execution-apis (eth_syncing), and the
 * documentation of each client for `admin_peers` and `admin_nodeInfo`, which not all have and some only when told.
 */
export function createExecutionNetworkHttp(url: string, timeoutMs = 3_000): ExecutionNetworkApi {
  const call = async <T>(method: string, params: unknown[], schema: z.ZodType<T>): Promise<Answer<T>> => {
    const body = { jsonrpc: '2.0', id: 1, method, params };
    const answer = parseAnswer(await requestJson({ url, method: 'POST', body, timeoutMs, maxBytes }), reply);
    if (!answer.known) return answer;
    if ('error' in answer.value) return unknown(`${method}: ${answer.value.error.message}`);
    return parseAnswer(known(answer.value.result), schema);
  };
  return {
    progress: async () => mapAnswer(await call('eth_syncing', [], syncing), toProgress),
    headBlock: () => call('eth_blockNumber', [], quantity),
    peerCount: () => call('net_peerCount', [], quantity),
    peers: async () =>
      mapAnswer(await call('admin_peers', [], z.array(peer).max(10_000)), (peers) => peers.map(toPeer)),
    identity: async () => mapAnswer(await call('admin_nodeInfo', [], nodeInfo), toIdentity),
  };
}

function toProgress(answer: z.output<typeof syncing>): ExecutionProgress {
  if (answer === false) return { isSyncing: false, figures: {}, stages: [] };
  const figures: Record<string, number> = {};
  for (const [name, value] of Object.entries(answer)) {
    const number = numberOf(value);
    if (number !== undefined) figures[name] = number;
  }
  const { currentBlock, highestBlock } = figures;
  return {
    isSyncing: true,
    ...(currentBlock === undefined ? {} : { currentBlock }),
    ...(highestBlock === undefined ? {} : { highestBlock }),
    figures,
    stages: stagesOf(answer.stages),
  };
}

function stagesOf(value: unknown): ExecutionProgress['stages'] {
  const parsed = z.array(stage).max(100).safeParse(value);
  if (!parsed.success) return [];
  return parsed.data.map((one) => ({
    name: one.stage_name ?? one.name ?? '',
    block: numberOf(one.block_number) ?? numberOf(one.block) ?? 0,
  }));
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const parsed = quantity.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

function toPeer({ name, inbound, network }: z.output<typeof peer>): PeerInfo {
  const isInbound = network?.inbound ?? inbound;
  return {
    direction: isInbound === undefined ? 'unknown' : isInbound ? 'inbound' : 'outbound',
    ...(name === undefined ? {} : { client: name }),
    ...(network?.remoteAddress === undefined ? {} : { address: network.remoteAddress }),
  };
}

function toIdentity({ enode, enr, ip, ports }: z.output<typeof nodeInfo>): OwnIdentity {
  return {
    ...(enode === undefined ? {} : { enode }),
    ...(enr === undefined ? {} : { enr }),
    addresses: ip === undefined || ports?.listener === undefined ? [] : [`${ip}:${ports.listener}`],
  };
}
