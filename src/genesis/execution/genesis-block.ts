import { createHash } from 'node:crypto';
import { RLP } from '@ethereumjs/rlp';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { ExecutionGenesis } from './genesis-json.ts';
import { bytesOf, genesisStateRoot } from './state-root.ts';
import { emptyTrieRoot } from './trie-root.ts';

/** Block 0: what a consensus genesis takes of it. */
export interface ExecutionGenesisBlock {
  readonly hash: Uint8Array;
  readonly parentHash: Uint8Array;
  readonly feeRecipient: Uint8Array;
  readonly stateRoot: Uint8Array;
  readonly receiptsRoot: Uint8Array;
  readonly logsBloom: Uint8Array;
  readonly prevRandao: Uint8Array;
  readonly gasLimit: number;
  readonly timestamp: number;
  readonly extraData: Uint8Array;
  readonly baseFeePerGas: bigint;
}

const initialBaseFee = 1_000_000_000n;
const emptyUnclesHash = keccak_256(RLP.encode([]));
/** EIP-7685: the hash of no requests. */
const emptyRequestsHash = new Uint8Array(createHash('sha256').digest());

/**
 * Block 0 of a genesis.json, as every execution client computes it; the fields of each fork are in the
 * header when the fork is active at the block's own time. Sources: Yellow Paper 4.4, EIP-1559, -4895,
 * -4844, -4788, -7685.
 */
export function executionGenesisBlock(genesis: ExecutionGenesis): ExecutionGenesisBlock {
  const timestamp = Number(genesis.timestamp);
  const block = {
    parentHash: bytesOf(genesis.parentHash),
    feeRecipient: bytesOf(genesis.coinbase),
    stateRoot: genesisStateRoot(genesis.alloc),
    receiptsRoot: emptyTrieRoot,
    logsBloom: new Uint8Array(256),
    prevRandao: bytesOf(genesis.mixhash),
    gasLimit: Number(genesis.gasLimit),
    timestamp,
    extraData: bytesOf(genesis.extraData),
    baseFeePerGas: initialBaseFee,
  };
  const isActive = (time: string) => Number(genesis.config[time] ?? Number.POSITIVE_INFINITY) <= timestamp;
  const header = [
    block.parentHash,
    emptyUnclesHash,
    block.feeRecipient,
    block.stateRoot,
    emptyTrieRoot,
    block.receiptsRoot,
    block.logsBloom,
    BigInt(genesis.difficulty),
    0n,
    BigInt(block.gasLimit),
    0n,
    BigInt(timestamp),
    block.extraData,
    block.prevRandao,
    bytesOf(`0x${BigInt(genesis.nonce).toString(16).padStart(16, '0')}`),
    block.baseFeePerGas,
    ...(isActive('shanghaiTime') ? [emptyTrieRoot] : []),
    ...(isActive('cancunTime') ? [0n, 0n, new Uint8Array(32)] : []),
    ...(isActive('pragueTime') ? [emptyRequestsHash] : []),
  ];
  return { ...block, hash: keccak_256(RLP.encode(header)) };
}
