import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { writeFully } from '../../base/write-fully.ts';
import { mayflyErrors } from '../errors.ts';
import { SerialQueue } from '../serial-queue.ts';
import type { BlockSummary, RootHex } from '../types.ts';

/**
 * The file: records one after the other, each a head of 16 bytes and a body.
 * Head: magic (4), kind (1), zero (3), body length (4, big-endian), first 4 bytes of the body's SHA-256.
 * Body of a block: root, parent root, state root, execution hash (32 each), slot and proposer (8 each), SSZ.
 * Body of a head mark: root.
 */
const magic = 0x4d46_4c31;
const headSize = 16;
const summarySize = 4 * 32 + 16;
const kinds = { block: 1, head: 2 } as const;
/** No record is larger: a length beyond it is damage. */
const maxBody = 64 * 1024 * 1024;

interface Place {
  readonly offset: number;
  readonly length: number;
}

/** An append-only log of blocks and head marks with an index by root in memory. */
export class ChainLog {
  readonly blocks: BlockSummary[] = [];
  private readonly places = new Map<RootHex, Place>();
  private readonly file: FileHandle;
  private readonly queue = new SerialQueue();
  private end = 0;
  private lastHead: RootHex | undefined;

  constructor(file: FileHandle) {
    this.file = file;
  }

  get head(): RootHex | undefined {
    return this.lastHead;
  }

  has(root: RootHex): boolean {
    return this.places.has(root);
  }

  /** Reads the index; whatever follows the last whole record is cut off. */
  async restore(): Promise<void> {
    const { size } = await this.file.stat();
    for (;;) {
      const record = await this.readRecord(this.end, size);
      if (record === undefined) break;
      this.take(record);
      this.end += headSize + record.length;
    }
    if (this.end < size) await this.file.truncate(this.end);
  }

  appendBlock(summary: BlockSummary, bytes: Uint8Array): Promise<void> {
    const body = Buffer.concat([encodeSummary(summary), bytes]);
    return this.queue.run(async () => {
      const offset = this.end;
      await this.append(kinds.block, body);
      this.places.set(summary.root, { offset, length: body.length });
    });
  }

  appendHead(root: RootHex): Promise<void> {
    return this.queue.run(() => this.append(kinds.head, fromRoot(root)));
  }

  async readBlock(root: RootHex): Promise<Uint8Array | undefined> {
    const place = this.places.get(root);
    if (place === undefined) return undefined;
    const record = Buffer.alloc(headSize + place.length);
    await this.file.read(record, 0, record.length, place.offset);
    const body = record.subarray(headSize);
    if (checksum(body) !== record.readUInt32BE(12)) throw mayflyErrors.create('EPH-MAYFLY-STORE', { root });
    return body.subarray(summarySize);
  }

  close(): Promise<void> {
    return this.queue.run(() => this.file.close());
  }

  private async append(kind: number, body: Uint8Array): Promise<void> {
    const head = Buffer.alloc(headSize);
    head.writeUInt32BE(magic, 0);
    head.writeUInt8(kind, 4);
    head.writeUInt32BE(body.length, 8);
    head.writeUInt32BE(checksum(body), 12);
    const record = Buffer.concat([head, body]);
    await writeFully(this.file, record, this.end);
    this.end += record.length;
  }

  /** A record's head and the fixed part of its body; the last record is checked whole, as only it can be torn. */
  private async readRecord(offset: number, size: number) {
    const bytes = Buffer.alloc(headSize + summarySize);
    await this.file.read(bytes, 0, bytes.length, offset);
    const length = bytes.readUInt32BE(8);
    const end = offset + headSize + length;
    if (bytes.readUInt32BE(0) !== magic || length > maxBody || end > size) return undefined;
    if (end === size && !(await this.isWhole(offset, length, bytes.readUInt32BE(12)))) return undefined;
    return { kind: bytes.readUInt8(4), offset, length, start: bytes.subarray(headSize) };
  }

  private async isWhole(offset: number, length: number, expected: number): Promise<boolean> {
    const body = Buffer.alloc(length);
    await this.file.read(body, 0, length, offset + headSize);
    return checksum(body) === expected;
  }

  private take(record: { kind: number; offset: number; length: number; start: Buffer }): void {
    if (record.kind === kinds.head) {
      this.lastHead = toRoot(record.start, 0);
    } else if (record.kind === kinds.block) {
      const summary = decodeSummary(record.start);
      this.blocks.push(summary);
      this.places.set(summary.root, { offset: record.offset, length: record.length });
    }
  }
}

export async function openChainLog(path: string): Promise<ChainLog> {
  const file = await open(path, 'a', 0o600).then(async (created) => {
    await created.close();
    return open(path, 'r+');
  });
  const log = new ChainLog(file);
  await log.restore();
  return log;
}

function encodeSummary(summary: BlockSummary): Buffer {
  const numbers = Buffer.alloc(16);
  numbers.writeBigUInt64BE(BigInt(summary.slot), 0);
  numbers.writeBigUInt64BE(BigInt(summary.proposerIndex), 8);
  const { root, parentRoot, stateRoot, executionHash } = summary;
  return Buffer.concat([...[root, parentRoot, stateRoot, executionHash].map(fromRoot), numbers]);
}

function decodeSummary(bytes: Buffer): BlockSummary {
  return {
    root: toRoot(bytes, 0),
    parentRoot: toRoot(bytes, 32),
    stateRoot: toRoot(bytes, 64),
    executionHash: toRoot(bytes, 96),
    slot: Number(bytes.readBigUInt64BE(128)),
    proposerIndex: Number(bytes.readBigUInt64BE(136)),
  };
}

function checksum(body: Uint8Array): number {
  return createHash('sha256').update(body).digest().readUInt32BE(0);
}

function fromRoot(root: RootHex): Buffer {
  return Buffer.from(root.slice(2), 'hex');
}

function toRoot(bytes: Buffer, offset: number): RootHex {
  return `0x${bytes.subarray(offset, offset + 32).toString('hex')}`;
}
