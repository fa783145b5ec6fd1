import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BuiltRelease } from './build-release.ts';
import { writeRelease } from './write-release.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genesis-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a written release', () => {
  const release = {
    files: new Map([['metadata/config.yaml', new TextEncoder().encode('A: 1\n')]]),
    archives: new Map([['network-config.tar.gz', Uint8Array.of(1)]]),
  } as unknown as BuiltRelease;

  it('has its files and archives in a new folder, and nothing is left beside it', async () => {
    await writeRelease(release, join(folder, 'out'));
    expect(await readdir(folder)).toEqual(['out']);
    expect(await readFile(join(folder, 'out/metadata/config.yaml'), 'utf8')).toBe('A: 1\n');
    expect((await readdir(join(folder, 'out'))).sort()).toEqual(['metadata', 'network-config.tar.gz']);
  });

  it('is never mixed with what is there', async () => {
    await symlink('nowhere', join(folder, 'out'));
    await expect(writeRelease(release, join(folder, 'out'))).rejects.toMatchObject({
      code: 'EPH-GENESIS-OUTPUT-EXISTS',
    });
  });

  it('appears whole or not at all', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(writeRelease(release, join(folder, 'out'), { signal })).rejects.toThrow('stopped');
    expect(await readdir(folder)).toEqual([]);
  });
});
