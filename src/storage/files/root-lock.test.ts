import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processIdentity } from '../../base/process-identity.ts';
import { takeKeyLock } from './key-lock.ts';
import { prepareRoot } from './layout.ts';
import { readLock, takeLock } from './root-lock.ts';
import { type RootPaths, rootPaths } from './root-paths.ts';

/** The lock as a process left it that was killed. */
async function deadHolder(): Promise<string> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const identity = await processIdentity(child.pid ?? 0);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  return JSON.stringify({ process: identity, purpose: 'supervisor', sinceMs: 1 });
}

describe('the lock of a root', () => {
  let paths: RootPaths;
  beforeEach(async () => {
    paths = rootPaths(await mkdtemp(join(tmpdir(), 'ephemery-lock-')));
    await prepareRoot(paths);
  });
  afterEach(() => rm(paths.root, { recursive: true, force: true }));

  it('is free in a copy of the root, and held where the root was moved to', async () => {
    await takeLock(paths, 'supervisor', 0);
    const [copy, moved] = [rootPaths(`${paths.root}-copy`), rootPaths(`${paths.root}-moved`)];
    await cp(paths.root, copy.root, { recursive: true });
    expect(await readLock(copy)).toMatchObject({ state: 'stale' });
    await (await takeLock(copy, 'supervisor', 0)).release();
    await rename(paths.root, moved.root);
    await expect(takeLock(moved, 'down', 0)).rejects.toMatchObject({ code: 'EPH-ROOT-LOCKED' });
    for (const { root } of [copy, moved]) await rm(root, { recursive: true });
  });

  it('is held by one, who is named to the next', async () => {
    const lock = await takeLock(paths, 'supervisor', 0);
    await expect(takeLock(paths, 'down', 0)).rejects.toMatchObject({
      code: 'EPH-ROOT-LOCKED',
      facts: { pid: process.pid, purpose: 'supervisor' },
    });
    expect(await readLock(paths)).toMatchObject({ state: 'held', holder: { purpose: 'supervisor' } });
    await lock.release();
    expect(await readLock(paths)).toEqual({ state: 'free' });
    await (await takeLock(paths, 'down', 0)).release();
  });

  it('says of the keys that it is they who are held, and by whom', async () => {
    const lock = await takeKeyLock(paths, 'keys new', 0);
    const refused = await takeKeyLock(paths, 'keys import', 0).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({
      code: 'EPH-ROOT-LOCKED',
      message: expect.stringContaining(
        `The keys in ${paths.root} are held by process ${process.pid} (keys new)`,
      ),
      remedy: expect.not.stringContaining('status'),
    });
    await lock.release();
  });

  it('is taken over from a holder that was killed, and leaves nothing beside it', async () => {
    await writeFile(paths.lock, await deadHolder());
    expect(await readLock(paths)).toMatchObject({ state: 'stale' });
    const lock = await takeLock(paths, 'supervisor', 0);
    expect(await lock.isOurs()).toBe(true);
    expect(await readdir(paths.run)).toEqual(['lock']);
  });

  it('is taken over by exactly one of many', async () => {
    await writeFile(paths.lock, await deadHolder());
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => takeLock(paths, 'supervisor', 0)),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(paths.run)).toEqual(['lock']);
  });

  it('is taken over even when the last one who tried was killed at it', async () => {
    const stale = await deadHolder();
    await writeFile(paths.lock, stale);
    const { createHash } = await import('node:crypto');
    const claim = `${paths.lock}.claim-${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`;
    await writeFile(claim, await deadHolder());
    expect(await (await takeLock(paths, 'supervisor', 0)).isOurs()).toBe(true);
  });

  it.each(['', '{', '{}', '{"process":{"pid":"1"}}', 'null'])(
    'is never broken when it says "%s"',
    async (text) => {
      await writeFile(paths.lock, text);
      await expect(takeLock(paths, 'supervisor', 0)).rejects.toMatchObject({
        code: 'EPH-ROOT-LOCK-UNREADABLE',
      });
      await expect(readLock(paths)).rejects.toMatchObject({ code: 'EPH-ROOT-LOCK-UNREADABLE' });
      expect(await readFile(paths.lock, 'utf8')).toBe(text);
    },
  );

  it('tells its holder when somebody replaced it, and then is not removed by them', async () => {
    const lock = await takeLock(paths, 'supervisor', 0);
    await writeFile(paths.lock, await deadHolder());
    expect(await lock.isOurs()).toBe(false);
    await lock.release();
    expect(await readdir(paths.run)).toEqual(['lock']);
  });
});
