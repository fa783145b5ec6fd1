import { createHash } from 'node:crypto';
import { genesisMPTStateRoot } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { ExecutionGenesis } from './genesis-json.ts';

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
const emptyTrieRoot = keccak_256(RLP.encode(new Uint8Array()));
const emptyUnclesHash = keccak_256(RLP.encode([]));
/** EIP-7685: the hash of no requests. */
const emptyRequestsHash = new Uint8Array(createHash('sha256').digest());

/**
 * Block 0 of a genesis.json, as every execution client computes it; the fields of each fork are in the
 * header when the fork is active at the block's own time. Sources: Yellow Paper 4.4, EIP-1559, -4895,
 * -4844, -4788, -7685.
 */
export async function executionGenesisBlock(genesis: ExecutionGenesis): Promise<ExecutionGenesisBlock> {
  const timestamp = Number(genesis.timestamp);
  const block = {
    parentHash: bytesOf(genesis.parentHash),
    feeRecipient: bytesOf(genesis.coinbase),
    stateRoot: await stateRoot(genesis),
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

async function stateRoot(genesis: ExecutionGenesis): Promise<Uint8Array> {
  const accounts: Parameters<typeof genesisMPTStateRoot>[0] = {};
  for (const [address, account] of Object.entries(genesis.alloc))
    accounts[prefixed(address)] = [
      `0x${BigInt(account.balance).toString(16)}`,
      prefixed(account.code ?? ''),
      Object.entries(account.storage ?? {}).map(([slot, value]) => [prefixed(slot), prefixed(value)]),
      prefixed(account.nonce ?? '0'),
    ];
  return await genesisMPTStateRoot(accounts);
}

function prefixed(hex: string): `0x${string}` {
  return `0x${hex.replace(/^0x/, '')}`;
}

function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replace(/^0x/, ''), 'hex'));
}
