import { createHash } from 'node:crypto';
import type { BlockSummary, RootHex } from '../types.ts';

/**
 * A record of the chain's file: a head of 16 bytes and a body.
 * Head: magic (4), kind (1), zero (3), body length (4, big-endian), first 4 bytes of the body's SHA-256.
 * Body of a block: root, parent root, state root, execution hash (32 each), slot and proposer (8 each), SSZ.
 * Body of a head mark: root. Of a note, which has a file of its own: whatever its owner wrote.
 */
export const recordKinds = { block: 1, head: 2, note: 3 } as const;

export const recordHeadSize = 16;
export const summarySize = 4 * 32 + 16;
const magic = 0x4d46_4c31;
/** No record is larger: a length beyond it is damage. */
const maxBody = 64 * 1024 * 1024;

export interface RecordHead {
  readonly kind: number;
  readonly length: number;
  readonly checksum: number;
}

export function encodeRecord(kind: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(recordHeadSize);
  head.writeUInt32BE(magic, 0);
  head.writeUInt8(kind, 4);
  head.writeUInt32BE(body.length, 8);
  head.writeUInt32BE(checksum(body), 12);
  return Buffer.concat([head, body]);
}

/** Undefined when the bytes are no record's head. */
export function decodeHead(bytes: Buffer): RecordHead | undefined {
  const length = bytes.readUInt32BE(8);
  if (bytes.readUInt32BE(0) !== magic || length > maxBody) return undefined;
  return { kind: bytes.readUInt8(4), length, checksum: bytes.readUInt32BE(12) };
}

export function checksum(body: Uint8Array): number {
  return createHash('sha256').update(body).digest().readUInt32BE(0);
}

export function encodeSummary(summary: BlockSummary): Buffer {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64BE(BigInt(summary.slot), 0);
  numbers.writeBigUInt64BE(BigInt(summary.proposerIndex), 8);
  const { root, parentRoot, stateRoot, executionHash } = summary;
  return Buffer.concat([...[root, parentRoot, stateRoot, executionHash].map(fromRoot), numbers]);
}

export function decodeSummary(bytes: Buffer): BlockSummary {
  return {
    root: toRoot(bytes, 0),
    parentRoot: toRoot(bytes, 32),
    stateRoot: toRoot(bytes, 64),
    executionHash: toRoot(bytes, 96),
    slot: Number(bytes.readBigUInt64BE(128)),
    proposerIndex: Number(bytes.readBigUInt64BE(136)),
  };
}

export function fromRoot(root: RootHex): Buffer {
  return Buffer.from(root.slice(2), 'hex');
}

export function toRoot(bytes: Buffer, offset: number): RootHex {
  return `0x${bytes.subarray(offset, offset + 32).toString('hex')}`;
}
