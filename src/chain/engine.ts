/**
 * The Engine API as a consensus client uses it, with the JSON of the wire (hex strings, quantities without
 * leading zeros) left as it is: who understands payloads converts them. Source: ethereum/execution-apis, src/engine.
 */
export interface EngineApi {
  /** The methods that the execution client knows, of those that we do. */
  exchangeCapabilities(): Promise<EngineReply<readonly string[]>>;
  clientVersion(): Promise<EngineReply<EngineClientVersion>>;
  forkchoiceUpdated(
    state: ForkchoiceState,
    attributes?: PayloadAttributes,
  ): Promise<EngineReply<ForkchoiceResult>>;
  /** Each id once: EthereumJS leaves the requests out of a second answer. */
  getPayload(payloadId: string, version: 4 | 5): Promise<EngineReply<BuiltPayload>>;
  newPayload(payload: NewPayload): Promise<EngineReply<PayloadStatus>>;
  /** Whether the execution client holds this block (`eth_getBlockByHash`, which the Engine port must serve). */
  hasBlock(hash: string): Promise<EngineReply<boolean>>;
}

/** An answer, a refusal by JSON-RPC error, or nobody there. Only the last makes the execution client offline. */
export type EngineReply<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  | { readonly kind: 'offline'; readonly reason: string };

export interface EngineClientVersion {
  readonly code: string;
  readonly name: string;
  readonly version: string;
  readonly commit: string;
}

export interface ForkchoiceState {
  readonly headBlockHash: string;
  readonly safeBlockHash: string;
  readonly finalizedBlockHash: string;
}

export interface PayloadAttributes {
  readonly timestamp: string;
  readonly prevRandao: string;
  readonly suggestedFeeRecipient: string;
  readonly withdrawals: readonly PayloadWithdrawal[];
  readonly parentBeaconBlockRoot: string;
}

export interface PayloadWithdrawal {
  readonly index: string;
  readonly validatorIndex: string;
  readonly address: string;
  readonly amount: string;
}

export interface PayloadStatus {
  readonly status: 'VALID' | 'INVALID' | 'SYNCING' | 'ACCEPTED' | 'INVALID_BLOCK_HASH';
  readonly latestValidHash: string | null;
  readonly validationError: string | null;
}

export interface ForkchoiceResult {
  readonly payloadStatus: PayloadStatus;
  readonly payloadId: string | null;
}

/** `ExecutionPayloadV3`. */
export interface EnginePayload {
  readonly parentHash: string;
  readonly feeRecipient: string;
  readonly stateRoot: string;
  readonly receiptsRoot: string;
  readonly logsBloom: string;
  readonly prevRandao: string;
  readonly blockNumber: string;
  readonly gasLimit: string;
  readonly gasUsed: string;
  readonly timestamp: string;
  readonly extraData: string;
  readonly baseFeePerGas: string;
  readonly blockHash: string;
  readonly transactions: readonly string[];
  readonly withdrawals: readonly PayloadWithdrawal[];
  readonly blobGasUsed: string;
  readonly excessBlobGas: string;
}

export interface BuiltPayload {
  readonly payload: EnginePayload;
  /** Wei, as a quantity. */
  readonly blockValue: string;
  readonly blobCommitments: readonly string[];
  /** EIP-7685: each request list with its type byte first. */
  readonly requests: readonly string[];
}

export interface NewPayload {
  readonly payload: EnginePayload;
  readonly versionedHashes: readonly string[];
  readonly parentBeaconBlockRoot: string;
  readonly requests: readonly string[];
}
