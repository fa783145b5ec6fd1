import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenSecret, readSecret } from './secret-input.ts';

describe('the file of a secret', () => {
  let folder: string;
  let told: OpenSecret[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secret-'));
    told = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const read = async (file: string) => {
    const host = {
      env: {},
      platform: process.platform,
      workingDirectory: folder,
      program: ['ephemery'],
      version: '0.0.0',
    };
    return (await readSecret(host, { file }, (open) => told.push(open)))?.reveal();
  };
  const write = async (name: string, mode: number, text = 'words of mine\n') => {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), mode);
  };

  it.each([0o600, 0o400])('that only we can read is taken without a word: %o', async (mode) => {
    await write('P', mode);
    expect([await read('P'), told]).toEqual(['words of mine', []]);
  });

  it.each([
    [0o644, '0644'],
    [0o640, '0640'],
    [0o604, '0604'],
  ])('that others may read is taken, and told with the remedy: %o', async (mode, shown) => {
    await write('P', mode);
    expect(await read('P')).toBe('words of mine');
    const file = join(folder, 'P');
    expect(told).toEqual([
      { file, message: expect.stringContaining(`(its mode is ${shown})`), remedy: `chmod 600 ${file}` },
    ]);
    expect(JSON.stringify(told)).not.toContain('words of mine');
  });

  it('that is a link, as in a mounted secret, is judged by what it leads to', async () => {
    await write('P', 0o644);
    await symlink('P', join(folder, 'link'));
    await read('link');
    await chmod(join(folder, 'P'), 0o600);
    await read('link');
    expect(told.map(({ file }) => file)).toEqual([join(folder, 'link')]);
    await write('large', 0o600, 'x'.repeat(70_000));
    await symlink('large', join(folder, 'to-large'));
    await expect(read('to-large')).rejects.toMatchObject({ code: 'EPH-KEYS-SECRET-UNREADABLE' });
  });
});
