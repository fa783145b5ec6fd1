import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, link, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './folder-lock.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folder-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const dead = JSON.stringify({ pid: 1, bootId: 'before', startToken: '7' });
const fighter = join(import.meta.dirname, '../../test/support/lock-fighter.ts');

async function fight(...args: string[]): Promise<string> {
  const child = spawn(process.execPath, ['--import', 'tsx', fighter, folder, ...args]);
  let told = '';
  child.stdout.on('data', (chunk) => {
    told += chunk;
  });
  await once(child, 'close');
  return told;
}

describe('the lock of a folder', () => {
  it('is held once, by another turn of the same process too', async () => {
    const lock = await lockFolder(folder);
    expect(await lockFolder(folder)).toEqual({ kind: 'taken', pid: process.pid });
    if (lock.kind === 'held') await lock.release();
    expect((await lockFolder(folder)).kind).toBe('held');
  });

  it('is free in a copy of the folder', async () => {
    await lockFolder(folder);
    const copy = `${folder}-copy`;
    await cp(folder, copy, { recursive: true });
    expect((await lockFolder(copy)).kind).toBe('held');
    expect((await lockFolder(folder)).kind).toBe('taken');
    await rm(copy, { recursive: true });
  });

  it.each([dead, '{"pid":', ''])(
    'is taken over by one of many from a holder that is gone (%s)',
    async (text) => {
      for (let round = 0; round < 20; round += 1) {
        await writeFile(join(folder, 'lock.json'), text);
        const tries = await Promise.all(Array.from({ length: 12 }, () => lockFolder(folder)));
        const held = tries.flatMap((each) => (each.kind === 'held' ? [each] : []));
        expect(held).toHaveLength(1);
        await held[0]?.release();
        expect(await readdir(folder)).toEqual([]);
      }
    },
  );

  it('is taken over by one of many although some died while they took it over', async () => {
    const { createHash } = await import('node:crypto');
    const claimOf = (path: string, text: string) =>
      `${path}.claim-${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    const path = join(folder, 'lock.json');
    for (let round = 0; round < 20; round += 1) {
      await writeFile(path, dead);
      const second = JSON.stringify({ pid: 1, bootId: 'before', startToken: '8' });
      await writeFile(claimOf(path, dead), second);
      await writeFile(claimOf(claimOf(path, dead), second), dead);
      const tries = await Promise.all(Array.from({ length: 12 }, () => lockFolder(folder)));
      const held = tries.flatMap((each) => (each.kind === 'held' ? [each] : []));
      expect(held).toHaveLength(1);
      await held[0]?.release();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('of one that was replaced is not removed by who had it', async () => {
    const lock = await lockFolder(folder);
    await rm(join(folder, 'lock.json'));
    await writeFile(join(folder, 'other'), dead);
    await link(join(folder, 'other'), join(folder, 'lock.json'));
    if (lock.kind === 'held') await lock.release();
    expect(await readdir(folder)).toContain('lock.json');
  });

  it('lets one in at a time of processes that fight for it, and of which some die inside', {
    timeout: 60_000,
  }, async () => {
    const told = await Promise.all(
      Array.from({ length: 8 }, (_, at) => (at % 2 === 0 ? fight('25') : fight('10', 'dies'))),
    );
    const lines = told.join('').trim().split('\n');
    expect(lines.filter((line) => line === 'two inside')).toEqual([]);
    expect(lines).toHaveLength(4 * 25 + 4 * 10);
  });
});
