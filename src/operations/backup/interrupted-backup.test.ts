import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import type { BackupTarget } from '../../backup/targets/target.ts';

let host: BackupHost;
let ending: AbortController;
beforeEach(async () => {
  host = await backupHost();
  await writeKeySet(host.paths.root, 'main', [1]);
  ending = new AbortController();
});
afterEach(() => host.remove());

/** A place that never answers when it is asked for this; the first who asks is told to end. */
function silentIn(what: 'put' | 'list' | 'remove', names: readonly string[] = []): BackupTarget {
  const silence = (signal: AbortSignal | undefined) =>
    new Promise<never>((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      ending.abort(new Error('told to end'));
    });
  return {
    name: 'silent',
    put: async (_file, _name, signal) => (what === 'put' ? silence(signal) : undefined),
    list: async (signal) => (what === 'list' ? silence(signal) : names),
    fetch: async () => undefined,
    remove: async (_name, signal) => (what === 'remove' ? silence(signal) : undefined),
  };
}

const make = (target: BackupTarget) =>
  host.make({ targets: [target], keep: { count: 1, ageMs: 0 }, signal: ending.signal });

async function expectNothingLeft(): Promise<void> {
  expect(await readdir(join(host.paths.root, 'backups', 'outgoing'))).toEqual([]);
  expect((await readdir(host.paths.keys)).toSorted()).toEqual(['main']);
}

describe('a backup that is told to end', () => {
  it.each(['put', 'list'] as const)('ends at once while its place is silent to `%s`', async (what) => {
    await expect(make(silentIn(what))).rejects.toThrow('told to end');
    await expectNothingLeft();
  });

  it('ends at once while an old one is being removed', async () => {
    const names: string[] = [];
    for (let made = 0; made < 2; made += 1) {
      names.push((await host.make()).name);
      await host.clock.advance(1_000);
    }
    await expect(make(silentIn('remove', names))).rejects.toThrow('told to end');
    await expectNothingLeft();
  });

  it('ends between two files, with none of it in any place', async () => {
    const target = silentIn('put');
    const work = host.make({
      targets: [target],
      signal: ending.signal,
      onStep: (doing) => {
        if (doing.startsWith('locking')) ending.abort(new Error('told to end'));
      },
    });
    await expect(work).rejects.toThrow('told to end');
    await expectNothingLeft();
  });
});
