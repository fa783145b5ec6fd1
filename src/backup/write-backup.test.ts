import type * as fs from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newIdentity } from './lock.ts';
import { writeBackup } from './write-backup.ts';

const slow = vi.hoisted(() => ({ opened: Promise.resolve() }));

/** A disk that takes its time to open what is to be written. */
vi.mock('node:fs', async (actual) => {
  const real = await actual<typeof fs>();
  const createWriteStream: typeof real.createWriteStream = (path, options) => {
    let isOpen = () => {};
    slow.opened = new Promise((resolve) => {
      isOpen = resolve;
    });
    const open = (...args: Parameters<typeof real.open>) => {
      const done = args.pop() as unknown as (cause: unknown, fd: number) => void;
      const later = (cause: unknown, fd: number) => {
        done(cause, fd);
        isOpen();
      };
      setTimeout(() => real.open(...([...args, later] as unknown as Parameters<typeof real.open>)), 50);
    };
    const given = typeof options === 'object' ? options : {};
    return real.createWriteStream(path, { ...given, fs: { ...real, open } } as never);
  };
  return { ...real, createWriteStream };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-write-backup-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('a backup that ends while its file is still being opened leaves none behind', async () => {
  const { recipient } = await newIdentity();
  const signal = AbortSignal.abort(new Error('enough'));
  const files = [{ path: 'a', source: 'a', content: 'b' }] as never;
  const lock = { kind: 'recipients', recipients: [recipient] } as const;
  const into = join(folder, 'one.age');
  await expect(writeBackup({ files, lock, into, createdAtMs: 5, version: 'v', signal })).rejects.toThrow(
    'enough',
  );
  await slow.opened;
  expect(await readdir(folder)).toEqual([]);
});
