import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolders } from './make-folders.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folders-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('makes a folder and those above it, tells the first, and does nothing twice', async () => {
  const path = join(folder, 'a', 'b', 'c');
  expect(await makeFolders(path, 0o700)).toBe(join(folder, 'a'));
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o700);
  expect(await makeFolders(path)).toBeUndefined();
  expect(await makeFolders(join(path, 'd'))).toBe(join(path, 'd'));
});

it('makes it once when several want it at the same time', async () => {
  const path = join(folder, 'a', 'b');
  const made = await Promise.all(Array.from({ length: 8 }, () => makeFolders(path)));
  expect((await stat(path)).isDirectory()).toBe(true);
  expect(made).toContain(join(folder, 'a'));
});

it('says what is in the way', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(makeFolders(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolders(join(folder, 'file', 'in it'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it('ends where nothing can be made', async (context) => {
  if (process.platform !== 'linux') context.skip('only Linux has such a folder, /proc');
  await expect(makeFolders('/proc/none/of/ours')).rejects.toMatchObject({ code: 'ENOENT' });
});
