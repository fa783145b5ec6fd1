import { RLP } from '@ethereumjs/rlp';
import { keccak_256 } from '@noble/hashes/sha3.js';
import type { ExecutionGenesis, GenesisAccount } from './genesis-json.ts';
import { trieRoot } from './trie-root.ts';

/** The root over all accounts of a genesis. Source: Yellow Paper 4.1. */
export function genesisStateRoot(alloc: ExecutionGenesis['alloc']): Uint8Array {
  return trieRoot(
    Object.entries(alloc).map(([address, account]) => [bytesOf(address), encodeAccount(account)] as const),
  );
}

function encodeAccount({ nonce = '0', balance, storage = {}, code = '' }: GenesisAccount): Uint8Array {
  const slots = Object.entries(storage).map(
    ([slot, value]) => [bytesOf(slot), RLP.encode(withoutLeadingZeros(bytesOf(value)))] as const,
  );
  return RLP.encode([BigInt(nonce), BigInt(balance), trieRoot(slots), keccak_256(bytesOf(code))]);
}

function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? new Uint8Array() : bytes.subarray(start);
}

/** Hex with or without 0x. */
export function bytesOf(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.replace(/^0x/, ''), 'hex'));
}
