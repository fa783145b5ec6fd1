import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readKeymanagerToken } from './keymanager-token.ts';

describe('the token file of a keymanager API', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keymanager-token-'));
    file = join(folder, 'token');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['ours, and that of Prysm', '0xabcdef\n', '0xabcdef'],
    ['that of Lighthouse', 'api-token-0x02ab', 'api-token-0x02ab'],
    [
      'old ones of Prysm, a key before the token',
      'aabb\neyJhbGciOiJIUzI1NiJ9.e30.x_-\n',
      'eyJhbGciOiJIUzI1NiJ9.e30.x_-',
    ],
  ])('is read: %s', async (_, content, token) => {
    await writeFile(file, content, { mode: 0o600 });
    const read = await readKeymanagerToken(file);
    expect(read.reveal()).toBe(token);
    expect(JSON.stringify(read)).not.toContain(token);
  });

  it.each([
    ['an empty one', '\n'],
    ['words', 'to ken'],
    ['many lines', 'a\nb\nc\n'],
    ['a long one', 'x'.repeat(5000)],
  ])('is refused: %s', async (_, content) => {
    await writeFile(file, content, { mode: 0o600 });
    await expect(readKeymanagerToken(file)).rejects.toMatchObject({ code: 'EPH-KEYMANAGER-TOKEN-FILE' });
  });

  it('is refused when others can read it, when it is a link, and when it is not there', async () => {
    await expect(readKeymanagerToken(file)).rejects.toMatchObject({ code: 'EPH-KEYMANAGER-TOKEN-FILE' });
    await writeFile(file, 'token', { mode: 0o600 });
    await symlink(file, join(folder, 'link'));
    await expect(readKeymanagerToken(join(folder, 'link'))).rejects.toThrow('no regular file');
    await chmod(file, 0o640);
    await expect(readKeymanagerToken(file)).rejects.toThrow('others than its owner');
  });
});
