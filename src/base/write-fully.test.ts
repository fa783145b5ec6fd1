import type { FileHandle } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { writeFully } from './write-fully.ts';

/** A disk that takes so many bytes at a time, and so many in all. */
function disk(each: number, room: number) {
  const content: { at: number | null; bytes: string }[] = [];
  const write = async (...given: [Uint8Array, number, number, number | null]) => {
    const [bytes, offset, length, at] = given;
    const bytesWritten = Math.min(each, length, room);
    room -= bytesWritten;
    content.push({ at, bytes: Buffer.from(bytes).toString('utf8', offset, offset + bytesWritten) });
    return { bytesWritten, buffer: bytes };
  };
  return { content, file: { write } as unknown as FileHandle };
}

it('goes on after a part of a write, each part in its place', async () => {
  const { content, file } = disk(3, 100);
  await writeFully(file, Buffer.from('abcdefgh'), 10);
  expect(content).toEqual([
    { at: 10, bytes: 'abc' },
    { at: 13, bytes: 'def' },
    { at: 16, bytes: 'gh' },
  ]);
});

it('writes where the file stands when no position is given', async () => {
  const { content, file } = disk(4, 100);
  await writeFully(file, Buffer.from('abcdef'));
  expect(content).toEqual([
    { at: null, bytes: 'abcd' },
    { at: null, bytes: 'ef' },
  ]);
});

it('fails when nothing more is taken', async () => {
  await expect(writeFully(disk(3, 4).file, Buffer.from('abcdef'))).rejects.toThrow('takes no more');
});
