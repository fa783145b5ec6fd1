import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { processIdentity } from '../base/process-identity.ts';
import { LockFile } from './lock-file.ts';
import { changeLock } from './lock-turn.ts';

let folder: string;
let lock: LockFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-turns-'));
  lock = new LockFile(join(folder, 'ephemery.lock'));
});
afterEach(() => rm(folder, { recursive: true }));

const pin = (version: string) => ({ source: 'builtin', package: 'p', version }) as const;

describe('turns at the lock file', () => {
  it('twenty writers at once lose nothing', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `execution.c${index}`);
    const turns = { lock, folder: join(folder, 'artifacts'), clock: systemClock };
    await Promise.all(
      names.map((name) =>
        changeLock(turns, ({ programs }) => ({ programs: { ...programs, [name]: pin('1') } })),
      ),
    );
    expect(Object.keys(await lock.read()).sort()).toEqual(names.sort());
  });

  it('one that does not end is waited for, and then named', async () => {
    let steadyMs = 0;
    const clock = {
      ...systemClock,
      monotonicMs: () => steadyMs,
      sleep: async () => {
        steadyMs += 5_000;
      },
    };
    const turns = { lock, folder: join(folder, 'artifacts'), clock };
    await mkdir(turns.folder);
    await writeFile(join(turns.folder, 'lock.json'), JSON.stringify(await processIdentity(process.pid)));
    const changed = changeLock(turns, () => ({ programs: {} }));
    await expect(changed).rejects.toMatchObject({ code: 'EPH-ARTIFACT-LOCK-BUSY' });
    expect(steadyMs).toBe(20_000);
  });

  it('of a process that is gone is taken over', async () => {
    const turns = { lock, folder: join(folder, 'artifacts'), clock: systemClock };
    await mkdir(turns.folder);
    const gone = { ...(await processIdentity(process.pid)), startToken: 'another' };
    await writeFile(join(turns.folder, 'lock.json'), JSON.stringify(gone));
    await changeLock(turns, () => ({ programs: { 'execution.c': pin('1') } }));
    expect(await lock.read()).toEqual({ 'execution.c': pin('1') });
  });
});
