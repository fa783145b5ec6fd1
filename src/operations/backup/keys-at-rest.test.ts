import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import { processIdentity } from '../../base/process-identity.ts';
import { openLayout } from '../../storage/files/layout.ts';
import { importKeys } from '../keys/import-keys.ts';
import { withKeyLock } from '../keys/key-sets.ts';
import { withKeysAtRest } from './keys-at-rest.ts';

let host: BackupHost;
beforeEach(async () => {
  host = await backupHost();
  await writeKeySet(host.paths.root, 'main', [1]);
});
afterEach(() => host.remove());

const setsHere = async () => (await readdir(host.paths.keys)).filter((name) => !name.startsWith('.'));
const holding = <T>(work: () => Promise<T>) => withKeyLock(host.services, 'a test', work);
const watch = { signal: new AbortController().signal, onProgress: () => undefined };

/** Our parent, which outlives us, is at the keys. */
async function heldByAnother(): Promise<void> {
  const holder = { process: await processIdentity(process.ppid), purpose: 'keys import', sinceMs: 0 };
  await writeFile(join(host.paths.keys, '.lock'), `${JSON.stringify(holder)}\n`);
}

describe('one lock on all keys', () => {
  it('keeps a restore out while an import is at work', async () => {
    await host.make();
    await rm(join(host.paths.keys, 'main'), { recursive: true });
    await expect(holding(() => host.restore())).rejects.toMatchObject({ code: 'EPH-ROOT-LOCKED' });
    expect(await setsHere()).toEqual([]);
    await host.restore();
    expect(await setsHere()).toEqual(['main']);
  });

  it('keeps an import out while a restore is at work, from the first look to the last stroke', async () => {
    await host.make();
    await writeKeySet(host.folder, 'theirs', [7]);
    const wish = { keySet: 'late', dryRun: false, backup: { noBackup: true } };
    const from = join(host.folder, 'keys', 'theirs');
    const decide = async () => {
      const importing = importKeys(host.services, { from, ...wish }, watch);
      await expect(importing).rejects.toMatchObject({ code: 'EPH-ROOT-LOCKED' });
      return true;
    };
    expect(await host.restore({ decide })).toMatchObject({ restored: true });
    await importKeys(host.services, { from, ...wish }, watch);
    expect(await setsHere()).toEqual(['late', 'main']);
  });

  it('keeps the rest of a restore that was cut short out too', async () => {
    await mkdir(join(host.paths.root, 'backups', 'restoring', 'keys', 'spare'), { recursive: true });
    const journal = join(host.paths.root, 'backups', 'restore.json');
    await writeFile(journal, JSON.stringify({ keySets: ['spare'], aside: 'now' }));
    await expect(holding(() => openLayout(host.paths))).rejects.toMatchObject({ code: 'EPH-ROOT-LOCKED' });
    expect(await setsHere()).toEqual(['main']);
    await openLayout(host.paths);
    expect(await setsHere()).toEqual(['main', 'spare']);
  });

  it('is waited for by a backup, which goes on once it is free', async () => {
    await heldByAnother();
    let isMade = false;
    const making = host.make().then(() => {
      isMade = true;
    });
    for (let look = 0; look < 20; look += 1) await host.clock.advance(100);
    expect(isMade).toBe(false);
    await rm(join(host.paths.keys, '.lock'));
    while (!isMade) await host.clock.advance(100);
    await making;
  });

  it('is told of by a backup that waits for it, once that lasts', async () => {
    await heldByAnother();
    const told: string[] = [];
    const toldBefore: number[] = [];
    const clock = {
      nowMs: () => host.clock.nowMs(),
      monotonicMs: () => host.clock.monotonicMs(),
      sleep: async (durationMs: number) => {
        toldBefore.push(told.length);
        if (toldBefore.length === 15) await rm(join(host.paths.keys, '.lock'));
        await host.clock.advance(durationMs);
      },
    };
    const work = async () => told.push('the work');
    await withKeysAtRest({ ...host.services, clock }, work, { onWait: (why) => told.push(why) });
    expect(told).toEqual([
      `Waiting for \`keys import\` (process ${process.ppid}), which is at the keys`,
      'the work',
    ]);
    expect(toldBefore).toEqual([...Array<number>(10).fill(0), ...Array<number>(5).fill(1)]);
  });

  it('is no longer spoken of by a backup that has it', async () => {
    const steps: string[] = [];
    await host.make({ onStep: (doing) => steps.push(doing) });
    expect(steps).toEqual(['Gathering', 'locking 2 files', expect.stringMatching(/^storing: /)]);
  });

  it('is not waited for for ever', async () => {
    await heldByAnother();
    let refusal: unknown;
    const making = host.make().catch((thrown: unknown) => {
      refusal = thrown;
    });
    while (refusal === undefined) await host.clock.advance(1_000);
    await making;
    expect(refusal).toMatchObject({ code: 'EPH-ROOT-LOCKED' });
  });

  it('is ours already in the backup that an import makes first', async () => {
    expect(await holding(() => host.make())).toMatchObject({ keys: { main: 1 } });
  });
});

it('what an import lays out is in no backup', async () => {
  await mkdir(join(host.paths.keys, 'main', '.staging-0a'));
  await writeFile(join(host.paths.keys, 'main', '.staging-0a', 'x'), 'half');
  expect(await host.make()).toMatchObject({ files: 2 });
});

it('a restore that was decided and met an error is finished by the next command', async () => {
  const nodekey = join(host.paths.nodes, 'home', 'identity', 'nodekey');
  await mkdir(dirname(nodekey), { recursive: true });
  await writeFile(nodekey, 'the name among peers');
  await host.make();
  for (const lost of [join(host.paths.keys, 'main'), host.paths.nodes]) await rm(lost, { recursive: true });
  await writeFile(host.paths.nodes, 'a file where a folder is to come');
  await expect(host.restore()).rejects.toThrow('EEXIST');
  await rm(host.paths.nodes);
  await openLayout(host.paths);
  expect(await setsHere()).toEqual(['main']);
  expect(await readFile(nodekey, 'utf8')).toBe('the name among peers');
});
