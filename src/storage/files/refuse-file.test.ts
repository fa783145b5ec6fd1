import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { refuseFile } from './refuse-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-root-'));
  await writeFile(join(folder, 'file'), '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a root is a folder, or not there yet', () => {
  expect(refuseFile(folder)).toBe(folder);
  expect(refuseFile(join(folder, 'new/deep'))).toBe(join(folder, 'new/deep'));
});

it.each(['file', 'file/x'])('a root cannot be %s', (name) => {
  expect(() => refuseFile(join(folder, name))).toThrow(
    expect.objectContaining({ code: 'EPH-ROOT-UNUSABLE' }),
  );
});
