import { z } from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { BuiltPayload, EngineApi, EngineReply } from '../engine.ts';
import { postEngine } from './engine-request.ts';
import { engineToken } from './engine-token.ts';

const hex = z.string().regex(/^0x[0-9a-fA-F]*$/);
const hash = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const quantity = z.string().regex(/^0x[0-9a-fA-F]{1,64}$/);

const payloadStatus = z.object({
  status: z.enum(['VALID', 'INVALID', 'SYNCING', 'ACCEPTED', 'INVALID_BLOCK_HASH']),
  latestValidHash: hash.nullish().transform((value) => value ?? null),
  validationError: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
});
const forkchoice = z.object({
  payloadStatus,
  payloadId: hex.nullish().transform((value) => value ?? null),
});
const withdrawal = z.object({ index: quantity, validatorIndex: quantity, address, amount: quantity });
const payload = z.object({
  parentHash: hash,
  feeRecipient: address,
  stateRoot: hash,
  receiptsRoot: hash,
  logsBloom: hex,
  prevRandao: hash,
  blockNumber: quantity,
  gasLimit: quantity,
  gasUsed: quantity,
  timestamp: quantity,
  extraData: hex,
  baseFeePerGas: quantity,
  blockHash: hash,
  transactions: z.array(hex),
  withdrawals: z.array(withdrawal),
  blobGasUsed: quantity,
  excessBlobGas: quantity,
});
const built = z
  .object({
    executionPayload: payload,
    blockValue: quantity,
    blobsBundle: z.object({ commitments: z.array(hex) }).nullish(),
    executionRequests: z.array(hex).nullish(),
  })
  .transform(
    (raw): BuiltPayload => ({
      payload: raw.executionPayload,
      blockValue: raw.blockValue,
      blobCommitments: raw.blobsBundle?.commitments ?? [],
      requests: raw.executionRequests ?? [],
    }),
  );
const clientVersion = z.object({
  code: z.string().max(2),
  name: z.string().max(100),
  version: z.string().max(200),
  commit: z.string().max(20),
});

/** What we can speak; an execution client answers with what it can. */
const ourMethods = [
  'engine_forkchoiceUpdatedV3',
  'engine_getPayloadV4',
  'engine_getPayloadV5',
  'engine_newPayloadV4',
  'engine_getClientVersionV1',
];

export interface EngineHttpOptions {
  readonly url: string;
  /** The 32 bytes of the JWT secret. */
  readonly key: Uint8Array;
  readonly clock: Clock;
  /** 8 s, as the specification gives newPayload and forkchoiceUpdated. */
  readonly timeoutMs?: number;
}

/** Asks an execution client over its authenticated port. Source of the methods: ethereum/execution-apis, src/engine. */
export function createEngineHttp({ url, key, clock, timeoutMs = 8_000 }: EngineHttpOptions): EngineApi {
  const call = async <T>(
    method: string,
    params: unknown[],
    schema: z.ZodType<T>,
  ): Promise<EngineReply<T>> => {
    const token = engineToken(key, clock.nowMs());
    const reply = await postEngine({ url, token, method, params, timeoutMs });
    if (reply.kind !== 'answer') return reply;
    const parsed = schema.safeParse(reply.value);
    if (parsed.success) return { kind: 'answer', value: parsed.data };
    return { kind: 'offline', reason: `${method}: unreadable answer: ${parsed.error.issues[0]?.message}` };
  };
  return {
    exchangeCapabilities: () =>
      call('engine_exchangeCapabilities', [ourMethods], z.array(z.string().max(100)).max(500)),
    clientVersion: () =>
      call(
        'engine_getClientVersionV1',
        [{ code: 'XX', name: 'Mayfly', version: '0', commit: '0x00000000' }],
        z
          .tuple([clientVersion])
          .rest(z.unknown())
          .transform(([first]) => first),
      ),
    forkchoiceUpdated: (state, attributes) =>
      call('engine_forkchoiceUpdatedV3', [state, attributes ?? null], forkchoice),
    getPayload: (id, version) => call(`engine_getPayloadV${version}`, [id], built),
    newPayload: (block) =>
      call(
        'engine_newPayloadV4',
        [block.payload, block.versionedHashes, block.parentBeaconBlockRoot, block.requests],
        payloadStatus,
      ),
    hasBlock: (blockHash) =>
      call(
        'eth_getBlockByHash',
        [blockHash, false],
        z.unknown().transform((block) => block !== null && block !== undefined),
      ),
  };
}
