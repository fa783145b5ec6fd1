import { createHash } from 'node:crypto';
import type {
  EngineApi,
  EnginePayload,
  EngineReply,
  ForkchoiceResult,
  PayloadAttributes,
  PayloadStatus,
} from '../../chain/engine.ts';

const zeroHash = `0x${'00'.repeat(32)}`;

export interface StubEngineOptions {
  /** The hash of execution block 0. */
  readonly genesisHash: string;
}

/**
 * An execution layer without execution: it links empty payloads by hash and keeps no state. For stepped networks
 * and tests of the consensus side; withdrawals and randao are carried, transactions do not exist.
 */
export function createStubEngine({ genesisHash }: StubEngineOptions): EngineApi {
  const numbers = new Map<string, number>([[genesisHash, 0]]);
  const building = new Map<string, EnginePayload>();
  return {
    exchangeCapabilities: async () => answer(['engine_getPayloadV4', 'engine_newPayloadV4']),
    clientVersion: async () => answer({ code: 'XX', name: 'stub', version: '0', commit: '0x00000000' }),
    async forkchoiceUpdated(state, attributes) {
      const number = numbers.get(state.headBlockHash);
      if (number === undefined) return answer(result('SYNCING', null));
      if (attributes === undefined) return answer(result('VALID', null));
      const payload = buildPayload(state.headBlockHash, number + 1, attributes);
      const payloadId = payload.blockHash.slice(0, 18);
      building.set(payloadId, payload);
      return answer(result('VALID', payloadId));
    },
    async getPayload(payloadId) {
      const payload = building.get(payloadId);
      building.clear();
      if (payload === undefined) return { kind: 'refused', code: -38001, message: 'Unknown payload' };
      return answer({ payload, blockValue: '0x0', blobCommitments: [], requests: [] });
    },
    async newPayload({ payload }) {
      if (!numbers.has(payload.parentHash)) return answer(status('SYNCING'));
      numbers.set(payload.blockHash, Number(payload.blockNumber));
      return answer(status('VALID'));
    },
    hasBlock: async (hash) => answer(numbers.has(hash)),
  };
}

function buildPayload(parentHash: string, number: number, attributes: PayloadAttributes): EnginePayload {
  const content = JSON.stringify([parentHash, number, attributes]);
  return {
    parentHash,
    feeRecipient: attributes.suggestedFeeRecipient,
    stateRoot: zeroHash,
    receiptsRoot: zeroHash,
    logsBloom: `0x${'00'.repeat(256)}`,
    prevRandao: attributes.prevRandao,
    blockNumber: `0x${number.toString(16)}`,
    gasLimit: '0x1c9c380',
    gasUsed: '0x0',
    timestamp: attributes.timestamp,
    extraData: '0x',
    baseFeePerGas: '0x7',
    blockHash: `0x${createHash('sha256').update(content).digest('hex')}`,
    transactions: [],
    withdrawals: attributes.withdrawals,
    blobGasUsed: '0x0',
    excessBlobGas: '0x0',
  };
}

function answer<T>(value: T): EngineReply<T> {
  return { kind: 'answer', value };
}

function status(verdict: PayloadStatus['status']): PayloadStatus {
  return { status: verdict, latestValidHash: null, validationError: null };
}

function result(verdict: PayloadStatus['status'], payloadId: string | null): ForkchoiceResult {
  return { payloadStatus: status(verdict), payloadId };
}
