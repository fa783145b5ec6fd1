import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BackupHost, backupHost } from '../../../test/support/backup-host.ts';
import { writeKeySet } from '../../../test/support/key-sets.ts';
import type { Clock } from '../../base/clock.ts';
import { processIdentity } from '../../base/process-identity.ts';
import { Secret } from '../../base/secret.ts';
import { readMnemonic } from '../../core/keys/mnemonic.ts';
import { publicKeyOf } from '../backup/public-key.ts';
import { restoreBackup } from '../backup/restore-backup.ts';
import { importKeys } from './import-keys.ts';
import { importRemoteKeys } from './import-remote-keys.ts';
import { backupPurpose, withKeyLockAfterBackup } from './key-sets.ts';
import { newKeys } from './new-keys.ts';

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

const clock: Clock = {
  nowMs: () => nowMs,
  monotonicMs: () => nowMs,
  sleep: async (ms, signal) => {
    signal?.throwIfAborted();
    nowMs += ms;
    if (nowMs >= endsMs) await rm(lock(), { force: true });
  },
};
const onWait = (why: string) => void waits.push(why);
const aBackup = 'A backup is at the keys; waiting up to 120 seconds';

function move(signal?: AbortSignal): Promise<string> {
  const act = async () => 'moved';
  return withKeyLockAfterBackup({ ...host.services, clock }, 'validators move', { act, onWait, signal });
}

describe('a move or claim that finds somebody at the keys', () => {
  it('waits for a backup, and says so once', async () => {
    await heldFor(backupPurpose);
    endsMs = 30_000;
    expect(await move()).toBe('moved');
    expect(nowMs).toBe(30_000);
    expect(waits).toEqual([aBackup]);
  });

  it('ends at a signal while it waits', async () => {
    await heldFor(backupPurpose);
    const ending = new AbortController();
    ending.abort(new Error('told to end'));
    await expect(move(ending.signal)).rejects.toThrow('told to end');
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

describe('what changes key sets while a backup is at the keys', () => {
  const signal = new AbortController().signal;
  const watch = { signal, onProgress: onWait };
  const common = { keySet: 'spare', dryRun: true, backup: { noBackup: true } };
  const at = () => ({ ...host.services, clock });

  it.each<[string, () => Promise<unknown>]>([
    ['an import', async () => importKeys(at(), { ...common, from: await folderOfHalf() }, watch)],
    ['an import of a signer', () => withSigner((from) => importRemoteKeys(at(), { ...common, from }, watch))],
    ['new keys', () => newKeys(at(), { ...newWish, into: { keySet: 'spare' } }, watch)],
    [
      'a restore',
      async () => {
        const { key } = host;
        const backup = await host.choose();
        const before = { noBackup: true };
        const common = { replace: false, decide: async () => true, publicKeyOf, signal, onStep: onWait };
        return restoreBackup(at(), { backup, key, before, ...common });
      },
    ],
  ])('waits: %s', async (_, change) => {
    await writeKeySet(host.paths.root, 'main', [1]);
    await host.make();
    await heldFor(backupPurpose);
    endsMs = 5_000;
    await change();
    expect(waits).toContain(aBackup);
    expect(nowMs).toBe(5_000);
  });

  /** With something to be told of: an empty one is refused before anybody waits. */
  const folderOfHalf = async () => {
    const folder = join(host.paths.root, 'from');
    await mkdir(folder);
    await writeFile(join(folder, 'keystore.json'), '{');
    return folder;
  };
  const newWish = {
    mnemonic: readMnemonic(new Secret(`${'abandon '.repeat(11)}about`)),
    passphrase: new Secret(''),
    startIndex: 0,
    count: 1,
    derivation: 'pbkdf2',
    backup: { noBackup: true },
  } as const;
  async function withSigner(act: (url: string) => Promise<unknown>): Promise<void> {
    const server = createServer((_, response) => void response.end('[]')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.close();
    }
  }
});
