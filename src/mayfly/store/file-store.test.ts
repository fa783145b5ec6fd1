import { mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlockSummary } from '../types.ts';
import { openFileStore } from './file-store.ts';

const network = `0x${'aa'.repeat(32)}`;
const root = (n: number) => `0x${n.toString(16).padStart(64, '0')}`;
const block = (slot: number): BlockSummary => ({
  root: root(slot),
  slot,
  parentRoot: root(slot - 1),
  stateRoot: root(slot + 1_000),
  proposerIndex: slot % 7,
  executionHash: root(slot + 2_000),
});
const bytesOf = (slot: number) => Buffer.from(`block ${slot} `.repeat(slot));

describe('the store on disk', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mayfly-store-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const logPath = () => join(directory, 'chain.log');
  async function write(from: number, to: number): Promise<void> {
    const store = await openFileStore(directory, network);
    for (let slot = from; slot <= to; slot++) {
      await store.appendBlock(block(slot), bytesOf(slot));
      await store.markHead(root(slot));
    }
    await store.close();
  }

  it('gives back blocks, head and bytes after it was opened anew', async () => {
    await write(1, 5);
    const store = await openFileStore(directory, network);
    const { blocks, head } = await store.load();
    expect(blocks).toEqual([1, 2, 3, 4, 5].map(block));
    expect(head).toBe(root(5));
    expect(Buffer.from((await store.readBlock(root(3))) ?? [])).toEqual(bytesOf(3));
    expect(await store.readBlock(root(9))).toBeUndefined();
    await store.close();
  });

  it('loses only the torn record when it was cut anywhere, and goes on from there', async () => {
    await write(1, 4);
    const whole = await readFile(logPath());
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (cut) => {
        await writeFile(logPath(), whole);
        await truncate(logPath(), cut);
        const store = await openFileStore(directory, network);
        const { blocks, head } = await store.load();
        expect(blocks).toEqual([1, 2, 3, 4].slice(0, blocks.length).map(block));
        if (head !== undefined) expect(blocks.map((kept) => kept.root)).toContain(head);
        for (const kept of blocks) expect(await store.readBlock(kept.root)).toBeDefined();
        await store.appendBlock(block(9), bytesOf(9));
        await store.close();
        const again = await openFileStore(directory, network);
        expect((await again.load()).blocks.at(-1)).toEqual(block(9));
        await again.close();
      }),
      { numRuns: 60 },
    );
  });

  it('does not take a last record whose bytes are not what was written', async () => {
    await write(1, 2);
    const store = await openFileStore(directory, network);
    await store.appendBlock(block(3), bytesOf(3));
    await store.close();
    const bytes = await readFile(logPath());
    bytes[bytes.length - 1] = 0xff;
    await writeFile(logPath(), bytes);
    const again = await openFileStore(directory, network);
    expect((await again.load()).blocks.map((kept) => kept.slot)).toEqual([1, 2]);
    await again.close();
  });

  it('says so when an older block is damaged instead of serving it', async () => {
    await write(1, 3);
    const file = await open(logPath(), 'r+');
    await file.write(Buffer.from([0xff]), 0, 1, 16 + 144 + 2);
    await file.close();
    const store = await openFileStore(directory, network);
    await expect(store.readBlock(root(1))).rejects.toMatchObject({ code: 'EPH-MAYFLY-STORE' });
    await store.close();
  });

  it('cuts off what a power cut left in the wrong order: a head mark without the block before it', async () => {
    await write(1, 4);
    const bytes = await readFile(logPath());
    const last = bytes.length - 48 - bytesOf(4).length;
    bytes.fill(0, last, last + 20);
    await writeFile(logPath(), bytes);
    const store = await openFileStore(directory, network);
    const { blocks, head } = await store.load();
    expect([blocks.length, head]).toEqual([3, root(3)]);
    await store.close();
  });

  it('gives the room of forgotten blocks back, and keeps all others over it', async () => {
    const big = Buffer.alloc(1024 * 1024, 7);
    const store = await openFileStore(directory, network);
    for (let slot = 1; slot <= 9; slot++) await store.appendBlock(block(slot), big);
    await store.markHead(root(9));
    const reading = store.readBlock(root(1));
    await store.forgetBlocks([2, 4, 6, 8].map(root));
    expect((await stat(logPath())).size).toBeLessThan(5.1 * big.length);
    expect((await reading)?.length).toBe(big.length);
    expect(await store.readBlock(root(2))).toBeUndefined();
    await store.appendBlock(block(10), bytesOf(10));
    await store.markHead(root(10));
    await store.close();
    const again = await openFileStore(directory, network);
    const { blocks, head } = await again.load();
    expect(blocks).toEqual([1, 3, 5, 7, 9, 10].map(block));
    expect(head).toBe(root(10));
    expect(Buffer.from((await again.readBlock(root(9))) ?? []).equals(big)).toBe(true);
    await again.close();
  });

  it('keeps snapshots of known blocks and removes what was left half-written', async () => {
    await write(1, 2);
    const store = await openFileStore(directory, network);
    await store.writeSnapshot({ slot: 2, blockRoot: root(2) }, Buffer.from('state'));
    await store.writeSnapshot({ slot: 8, blockRoot: root(8) }, Buffer.from('of a block that was cut off'));
    await writeFile(join(directory, 'states', 'x.tmp'), 'half');
    await store.close();
    const again = await openFileStore(directory, network);
    expect((await again.load()).snapshots).toEqual([{ slot: 2, blockRoot: root(2) }]);
    expect(await readdir(join(directory, 'states'))).toEqual([`2-${root(2)}.ssz`]);
    await again.close();
  });

  it('keeps a second one out while it is open, and takes over from a dead one', async () => {
    const store = await openFileStore(directory, network);
    await expect(openFileStore(directory, network)).rejects.toMatchObject({
      code: 'EPH-MAYFLY-IN-USE',
      facts: { pid: process.pid },
    });
    await store.close();
    await writeFile(join(directory, 'lock.json'), '{"pid":1,"bootId":"before","startToken":"7"}');
    await write(1, 1);
    await writeFile(join(directory, 'lock.json'), '{"pid":');
    await write(2, 2);
    expect(await readdir(directory)).not.toContain('lock.json');
  });

  it('refuses the folder of another network', async () => {
    await write(1, 1);
    await expect(openFileStore(directory, root(1))).rejects.toMatchObject({
      code: 'EPH-MAYFLY-OTHER-NETWORK',
    });
  });
});
