import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import type { Clock } from '../../base/clock.ts';
import { processIdentity } from '../../base/process-identity.ts';
import { backupPurpose, withKeyLockAfterBackup } from './key-sets.ts';

let host: BackupHost;
let nowMs: number;
/** The backup ends at this time. */
let endsMs: number;
let waits: string[];
beforeEach(async () => {
  host = await backupHost();
  nowMs = 0;
  endsMs = Number.POSITIVE_INFINITY;
  waits = [];
});
afterEach(() => host.remove());

const lock = () => join(host.paths.keys, '.lock');
/** Our parent, which outlives us, is at the keys. */
async function heldFor(purpose: string): Promise<void> {
  await mkdir(host.paths.keys, { recursive: true });
  const holder = { process: await processIdentity(process.ppid), purpose, sinceMs: 0 };
  await writeFile(lock(), `${JSON.stringify(holder)}\n`);
}

function move(): Promise<string> {
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
      if (nowMs >= endsMs) await rm(lock(), { force: true });
    },
  } as unknown as Clock;
  const onWait = (why: string) => void waits.push(why);
  return withKeyLockAfterBackup({ ...host.services, clock }, 'validators move', {
    act: async () => 'moved',
    onWait,
  });
}

describe('a move or claim that finds somebody at the keys', () => {
  it('waits for a backup, and says so once', async () => {
    await heldFor(backupPurpose);
    endsMs = 30_000;
    expect(await move()).toBe('moved');
    expect(nowMs).toBe(30_000);
    expect(waits).toEqual(['A backup is at the keys; waiting up to 120 seconds.']);
  });

  it('does not wait for ever', async () => {
    await heldFor(backupPurpose);
    await expect(move()).rejects.toMatchObject({ code: 'EPH-ROOT-LOCKED' });
    expect(nowMs).toBe(120_000);
  });

  it('does not wait for somebody who changes keys', async () => {
    await heldFor('validators move');
    await expect(move()).rejects.toMatchObject({ code: 'EPH-ROOT-LOCKED' });
    expect([nowMs, waits]).toEqual([0, []]);
  });
});
