import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../base/atomic-files.ts';
import { writeFully } from '../../base/write-fully.ts';
import { mayflyErrors } from '../errors.ts';
import { SerialQueue } from '../serial-queue.ts';
import type { BlockSummary, RootHex } from '../types.ts';
import {
  checksum,
  decodeHead,
  decodeSummary,
  encodeRecord,
  encodeSummary,
  fromRoot,
  recordHeadSize,
  recordKinds,
  summarySize,
  toRoot,
} from './chain-record.ts';

interface Place {
  readonly offset: number;
  readonly length: number;
}

interface FoundRecord extends Place {
  readonly kind: number;
  readonly checksum: number;
  readonly start: Buffer;
}

/** The file is written anew without forgotten blocks once these are so many bytes, and a quarter of it. */
const leastWaste = 4 * 1024 * 1024;

/**
 * A log of blocks and head marks (chain-record.ts) with an index by root in memory. A head mark is flushed to
 * the disk before its promise resolves, and with it the blocks before it: after a power cut only what follows the
 * last mark but one can be torn.
 */
export class ChainLog {
  private readonly path: string;
  private readonly places = new Map<RootHex, Place>();
  private readonly summaries = new Map<RootHex, BlockSummary>();
  private readonly queue = new SerialQueue();
  /** Handles of files that were replaced; a read may still be under way. */
  private readonly replaced: FileHandle[] = [];
  private file: FileHandle;
  private end = 0;
  private waste = 0;
  private lastHead: RootHex | undefined;

  constructor(path: string, file: FileHandle) {
    this.path = path;
    this.file = file;
  }

  get head(): RootHex | undefined {
    return this.lastHead;
  }

  /** In the order in which they were appended. */
  get blocks(): readonly BlockSummary[] {
    return [...this.summaries.values()];
  }

  has(root: RootHex): boolean {
    return this.places.has(root);
  }

  /** Reads the index; whatever follows the last whole record is cut off. */
  async restore(): Promise<void> {
    const { size } = await this.file.stat();
    const records = await this.listRecords(size);
    const marks = records.filter(({ kind }) => kind === recordKinds.head);
    const certain = marks.at(-2)?.offset ?? 0;
    for (const record of records) {
      if (record.offset >= certain && !(await this.isWhole(record))) break;
      this.take(record);
      this.end = record.offset + recordHeadSize + record.length;
    }
    if (this.end < size) await this.file.truncate(this.end);
  }

  appendBlock(summary: BlockSummary, bytes: Uint8Array): Promise<void> {
    const body = Buffer.concat([encodeSummary(summary), bytes]);
    return this.queue.run(async () => {
      const offset = this.end;
      await this.append(recordKinds.block, body);
      this.places.set(summary.root, { offset, length: body.length });
      this.summaries.set(summary.root, summary);
    });
  }

  appendHead(root: RootHex): Promise<void> {
    return this.queue.run(async () => {
      await this.append(recordKinds.head, fromRoot(root));
      this.lastHead = root;
      await this.file.datasync();
    });
  }

  /** These blocks are not asked for any more; their room is given back once that is worth the writing. */
  forget(roots: Iterable<RootHex>): Promise<void> {
    return this.queue.run(async () => {
      for (const root of roots) {
        this.waste += this.places.get(root)?.length ?? 0;
        this.places.delete(root);
        this.summaries.delete(root);
      }
      if (this.waste >= leastWaste && this.waste * 4 >= this.end) await this.rewrite();
    });
  }

  async readBlock(root: RootHex): Promise<Uint8Array | undefined> {
    const body = await this.readBody(root);
    return body?.subarray(summarySize);
  }

  close(): Promise<void> {
    return this.queue.run(async () => {
      for (const file of [this.file, ...this.replaced]) await file.close();
    });
  }

  private async readBody(root: RootHex): Promise<Buffer | undefined> {
    const place = this.places.get(root);
    if (place === undefined) return undefined;
    const record = Buffer.alloc(recordHeadSize + place.length);
    await this.file.read(record, 0, record.length, place.offset);
    const body = record.subarray(recordHeadSize);
    const isIntact = decodeHead(record)?.checksum === checksum(body);
    if (!isIntact) throw mayflyErrors.create('EPH-MAYFLY-STORE', { root });
    return body;
  }

  private async append(kind: number, body: Uint8Array): Promise<void> {
    const record = encodeRecord(kind, body);
    await writeFully(this.file, record, this.end);
    this.end += record.length;
  }

  /** Writes what is kept into a new file, which takes the old one's place when it is whole on the disk. */
  private async rewrite(): Promise<void> {
    const temporary = `${this.path}.tmp`;
    const file = await open(temporary, 'w+', 0o600);
    const places = new Map<RootHex, Place>();
    let end = 0;
    const write = async (kind: number, body: Uint8Array) => {
      const record = encodeRecord(kind, body);
      await writeFully(file, record, end);
      end += record.length;
    };
    for (const root of this.places.keys()) {
      const body = await this.readBody(root);
      if (body === undefined) continue;
      places.set(root, { offset: end, length: body.length });
      await write(recordKinds.block, body);
    }
    if (this.lastHead !== undefined) await write(recordKinds.head, fromRoot(this.lastHead));
    await file.sync();
    await rename(temporary, this.path);
    await syncFolder(dirname(this.path));
    this.replaced.push(this.file);
    this.file = file;
    this.end = end;
    this.waste = 0;
    for (const [root, place] of places) this.places.set(root, place);
  }

  private async listRecords(size: number): Promise<FoundRecord[]> {
    const records: FoundRecord[] = [];
    for (let offset = 0; ; ) {
      const bytes = Buffer.alloc(recordHeadSize + summarySize);
      await this.file.read(bytes, 0, bytes.length, offset);
      const head = decodeHead(bytes);
      if (head === undefined || offset + recordHeadSize + head.length > size) return records;
      records.push({ ...head, offset, start: bytes.subarray(recordHeadSize) });
      offset += recordHeadSize + head.length;
    }
  }

  private async isWhole({ offset, length, checksum: expected }: FoundRecord): Promise<boolean> {
    const body = Buffer.alloc(length);
    await this.file.read(body, 0, length, offset + recordHeadSize);
    return checksum(body) === expected;
  }

  private take(record: FoundRecord): void {
    if (record.kind === recordKinds.head) {
      this.lastHead = toRoot(record.start, 0);
    } else if (record.kind === recordKinds.block) {
      const summary = decodeSummary(record.start);
      this.summaries.set(summary.root, summary);
      this.places.set(summary.root, { offset: record.offset, length: record.length });
    }
  }
}

export async function openChainLog(path: string): Promise<ChainLog> {
  await open(path, 'a', 0o600).then((created) => created.close());
  await syncFolder(dirname(path));
  const log = new ChainLog(path, await open(path, 'r+'));
  await log.restore();
  return log;
}
