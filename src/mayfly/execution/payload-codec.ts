import { createHash } from 'node:crypto';
import { CONSOLIDATION_REQUEST_TYPE, DEPOSIT_REQUEST_TYPE, WITHDRAWAL_REQUEST_TYPE } from '@lodestar/params';
import { type capella, type electra, ssz } from '@lodestar/types';
import { fromHex, toHex, toRootHex } from '@lodestar/utils';
import type { BuiltPayload, EnginePayload, NewPayload, PayloadWithdrawal } from '../../chain/engine.ts';
import { mayflyErrors } from '../errors.ts';
import type { SignedBlock } from '../types.ts';

/** What an execution client built, in the types of a block's body. */
export interface PayloadForBlock {
  readonly payload: electra.ExecutionPayload;
  readonly requests: electra.ExecutionRequests;
  readonly blobCommitments: Uint8Array[];
  readonly valueWei: bigint;
}

export function decodeBuiltPayload(built: BuiltPayload): PayloadForBlock {
  return {
    payload: decodePayload(built.payload),
    requests: decodeRequests(built.requests),
    blobCommitments: built.blobCommitments.map((commitment) => fromHex(commitment)),
    valueWei: BigInt(built.blockValue),
  };
}

function decodePayload(json: EnginePayload): electra.ExecutionPayload {
  return {
    parentHash: fromHex(json.parentHash),
    feeRecipient: fromHex(json.feeRecipient),
    stateRoot: fromHex(json.stateRoot),
    receiptsRoot: fromHex(json.receiptsRoot),
    logsBloom: fromHex(json.logsBloom),
    prevRandao: fromHex(json.prevRandao),
    blockNumber: Number(json.blockNumber),
    gasLimit: Number(json.gasLimit),
    gasUsed: Number(json.gasUsed),
    timestamp: Number(json.timestamp),
    extraData: fromHex(json.extraData),
    baseFeePerGas: BigInt(json.baseFeePerGas),
    blockHash: fromHex(json.blockHash),
    transactions: json.transactions.map((transaction) => fromHex(transaction)),
    withdrawals: json.withdrawals.map(decodeWithdrawal),
    blobGasUsed: BigInt(json.blobGasUsed),
    excessBlobGas: BigInt(json.excessBlobGas),
  };
}

export function decodeWithdrawal(json: PayloadWithdrawal): capella.Withdrawal {
  return {
    index: Number(json.index),
    validatorIndex: Number(json.validatorIndex),
    address: fromHex(json.address),
    amount: BigInt(json.amount),
  };
}

export function encodeWithdrawal(withdrawal: capella.Withdrawal): PayloadWithdrawal {
  return {
    index: quantity(withdrawal.index),
    validatorIndex: quantity(withdrawal.validatorIndex),
    address: toHex(withdrawal.address),
    amount: quantity(withdrawal.amount),
  };
}

/** A block's payload as `newPayload` wants it. */
export function encodeNewPayload({ message }: SignedBlock): NewPayload {
  const { body } = message;
  return {
    payload: encodePayload(body.executionPayload),
    versionedHashes: body.blobKzgCommitments.map(versionedHash),
    parentBeaconBlockRoot: toRootHex(message.parentRoot),
    requests: encodeRequests(body.executionRequests),
  };
}

function encodePayload(payload: electra.ExecutionPayload): EnginePayload {
  return {
    parentHash: toHex(payload.parentHash),
    feeRecipient: toHex(payload.feeRecipient),
    stateRoot: toHex(payload.stateRoot),
    receiptsRoot: toHex(payload.receiptsRoot),
    logsBloom: toHex(payload.logsBloom),
    prevRandao: toHex(payload.prevRandao),
    blockNumber: quantity(payload.blockNumber),
    gasLimit: quantity(payload.gasLimit),
    gasUsed: quantity(payload.gasUsed),
    timestamp: quantity(payload.timestamp),
    extraData: toHex(payload.extraData),
    baseFeePerGas: quantity(payload.baseFeePerGas),
    blockHash: toHex(payload.blockHash),
    transactions: payload.transactions.map((transaction) => toHex(transaction)),
    withdrawals: payload.withdrawals.map(encodeWithdrawal),
    blobGasUsed: quantity(payload.blobGasUsed),
    excessBlobGas: quantity(payload.excessBlobGas),
  };
}

/** EIP-7685: lists come as type byte and SSZ; empty ones are left out, types ascend. */
function decodeRequests(lists: readonly string[]): electra.ExecutionRequests {
  const requests = ssz.electra.ExecutionRequests.defaultValue();
  for (const list of lists) {
    const bytes = fromHex(list);
    const data = bytes.subarray(1);
    if (bytes[0] === DEPOSIT_REQUEST_TYPE) requests.deposits = ssz.electra.DepositRequests.deserialize(data);
    else if (bytes[0] === WITHDRAWAL_REQUEST_TYPE) {
      requests.withdrawals = ssz.electra.WithdrawalRequests.deserialize(data);
    } else if (bytes[0] === CONSOLIDATION_REQUEST_TYPE) {
      requests.consolidations = ssz.electra.ConsolidationRequests.deserialize(data);
    } else throw unknownRequest(bytes[0]);
  }
  return requests;
}

function unknownRequest(type: number | undefined): Error {
  return mayflyErrors.create('EPH-MAYFLY-ENGINE', { reason: `an execution request of type ${type}` });
}

function encodeRequests(requests: electra.ExecutionRequests): string[] {
  const { DepositRequests, WithdrawalRequests, ConsolidationRequests } = ssz.electra;
  const lists: [number, Uint8Array][] = [
    [DEPOSIT_REQUEST_TYPE, DepositRequests.serialize(requests.deposits)],
    [WITHDRAWAL_REQUEST_TYPE, WithdrawalRequests.serialize(requests.withdrawals)],
    [CONSOLIDATION_REQUEST_TYPE, ConsolidationRequests.serialize(requests.consolidations)],
  ];
  return lists
    .filter(([, data]) => data.length > 0)
    .map(([type, data]) => toHex(Uint8Array.from([type, ...data])));
}

/** EIP-4844, `kzg_to_versioned_hash`. */
function versionedHash(commitment: Uint8Array): string {
  const hash = createHash('sha256').update(commitment).digest();
  hash[0] = 1;
  return toHex(hash);
}

export function quantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
