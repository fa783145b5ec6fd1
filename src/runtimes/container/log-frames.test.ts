import { expect, it } from 'vitest';
import { framedLines } from './log-frames.ts';

function frame(stream: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

async function linesOf(bytes: Buffer, chunkBytes: number): Promise<string[]> {
  async function* chunks() {
    for (let from = 0; from < bytes.length; from += chunkBytes) yield bytes.subarray(from, from + chunkBytes);
  }
  const lines: string[] = [];
  for await (const line of framedLines(chunks())) lines.push(line);
  return lines;
}

it.each([1, 3, 1_000])(
  'cuts frames into lines however they arrive, %d bytes at a time',
  async (chunkBytes) => {
    const bytes = Buffer.concat([frame(1, 'a\nhal'), frame(2, 'error\r\n'), frame(1, 'f\n\nlast')]);
    expect(await linesOf(bytes, chunkBytes)).toEqual(['a', 'error', 'half', '', 'last']);
  },
);

it('gives a line without end in pieces', async () => {
  const lines = await linesOf(Buffer.concat([frame(1, 'x'.repeat(300_000)), frame(1, 'y\n')]), 100_000);
  expect(lines.map((line) => line.length)).toEqual([300_000, 1]);
});
