import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { placeClientFiles } from './client-files.ts';

let folder: string;
let data: string;
let bundle: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-files-'));
  [data, bundle] = [join(folder, 'data'), join(folder, 'bundle')];
  await mkdir(data);
  await mkdir(bundle);
  await writeFile(join(bundle, 'genesis.ssz'), Buffer.from([0xff, 0x00, 0xfe]));
  await writeFile(join(bundle, 'config.yaml'), 'A: 1\nB: 2\n');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('writes what is given, copies byte by byte, and derives', async () => {
  await placeClientFiles(
    data,
    [
      { path: 'net/boot.txt', content: 'enr:-a\n' },
      { path: 'net/genesis.ssz', from: ['absent.ssz', 'genesis.ssz'] },
      { path: 'config.yaml', from: ['config.yaml'], derive: (text) => text.replace('A: 1\n', '') },
    ],
    bundle,
  );
  expect(await readFile(join(data, 'net/boot.txt'), 'utf8')).toBe('enr:-a\n');
  expect([...(await readFile(join(data, 'net/genesis.ssz')))]).toEqual([0xff, 0x00, 0xfe]);
  expect(await readFile(join(data, 'config.yaml'), 'utf8')).toBe('B: 2\n');
  expect((await stat(join(data, 'config.yaml'))).mode & 0o777).toBe(0o600);
});

it('leaves alone what is as it should be, and mends what is not', async () => {
  const file = { path: 'a', content: 'right' };
  await placeClientFiles(data, [file], bundle);
  const before = (await stat(join(data, 'a'))).ino;
  await placeClientFiles(data, [file], bundle);
  expect((await stat(join(data, 'a'))).ino).toBe(before);
  await writeFile(join(data, 'a'), 'wrong');
  await placeClientFiles(data, [file], bundle);
  expect(await readFile(join(data, 'a'), 'utf8')).toBe('right');
});

it.each([
  { path: '../out', content: '' },
  { path: '/out', content: '' },
  { path: 'in', from: ['../../etc/passwd'] },
])('refuses %j', async (file) => {
  await expect(placeClientFiles(data, [file], bundle)).rejects.toThrow('leads out of');
});
