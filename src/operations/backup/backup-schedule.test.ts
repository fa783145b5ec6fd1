import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backupErrors } from '../../backup/errors.ts';
import { silentLog } from '../../base/log.ts';
import { seededRandom } from '../../base/random.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import type { BehindProtection } from '../../core/backup/manifest.ts';
import { BackupSchedule } from './backup-schedule.ts';

const hour = 3_600_000;
const never = new AbortController().signal;

let folder: string;
let clock: VirtualClock;
let made: number[];
let drilled: number[];
let failing: Error | undefined;
let empty: boolean;
let behind: readonly BehindProtection[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-schedule-'));
  clock = new VirtualClock(1_700_000_000_000);
  [made, drilled, failing, empty, behind] = [[], [], undefined, false, []];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function schedule(drillEveryMs?: number, plan: { everyMs: number } | undefined = { everyMs: 24 * hour }) {
  return new BackupSchedule({
    clock,
    random: seededRandom('schedule'),
    log: silentLog,
    stateFile: join(folder, 'backups', 'state.json'),
    plan: () => plan && { ...plan, ...(drillEveryMs === undefined ? {} : { drillEveryMs }) },
    make: async () => {
      if (failing !== undefined) throw failing;
      if (empty) return undefined;
      made.push(clock.nowMs());
      return { name: `backup-${made.length}`, behind };
    },
    drill: async () => {
      if (failing !== undefined) throw failing;
      drilled.push(clock.nowMs());
      return { backup: `backup-${made.length}`, proven: 4 };
    },
  });
}

/** A turn each quarter of an hour. */
async function pass(hours: number, keeper: BackupSchedule): Promise<void> {
  for (let quarter = 0; quarter < hours * 4; quarter++) {
    await keeper.turn(never);
    await clock.advance(hour / 4);
  }
}

describe('backups by themselves', () => {
  it('are made once in their time, also over restarts', async () => {
    await pass(30, schedule());
    await pass(30, schedule());
    expect(made).toHaveLength(3);
  });

  it('are proven in their time, once there is one', async () => {
    empty = true;
    await pass(10, schedule(72 * hour));
    expect(drilled).toEqual([]);
    empty = false;
    await pass(80, schedule(72 * hour));
    expect(drilled).toHaveLength(2);
  });

  it('are not made where none are configured', async () => {
    const keeper = new BackupSchedule({
      clock,
      random: seededRandom('none'),
      log: silentLog,
      stateFile: join(folder, 'state.json'),
      plan: () => undefined,
      make: async () => {
        throw new Error('made');
      },
      drill: async () => {
        throw new Error('drilled');
      },
    });
    await pass(2, keeper);
    expect(keeper.findings).toEqual([]);
  });

  it('that fail are a finding that names the target, are tried again with pauses, and clear it', async () => {
    failing = backupErrors.create('EPH-BACKUP-TARGET', {
      target: '/mnt/usb',
      reason: 'gone',
      remedy: 'Plug it in.',
    });
    const keeper = schedule();
    let tries = 0;
    const failure = failing;
    Object.defineProperty(failure, 'message', {
      get: () => {
        tries += 1;
        return 'gone';
      },
    });
    await pass(6, keeper);
    expect(keeper.findings).toMatchObject([
      { code: 'EPH-BACKUP-FAILED', facts: { target: '/mnt/usb', code: 'EPH-BACKUP-TARGET' } },
    ]);
    expect(keeper.findings[0]?.remedy).toContain('Plug it in.');
    expect(tries).toBeGreaterThan(3);
    expect(tries).toBeLessThan(14);
    failing = undefined;
    await pass(2, keeper);
    expect(made).toHaveLength(1);
    expect(keeper.findings).toEqual([]);
  });

  it('whose drill fails are a finding of their own', async () => {
    const keeper = schedule(hour);
    await keeper.turn(never);
    failing = backupErrors.create('EPH-BACKUP-DAMAGED', { backup: 'backup-1', problem: 'cut' });
    await clock.advance(2 * hour);
    await keeper.turn(never);
    expect(keeper.findings.map(({ code }) => code)).toEqual(['EPH-BACKUP-DRILL-FAILED']);
  });

  it('without what a signer signed are a finding until one has it, and what a client signed since is none', async () => {
    behind = [
      { node: 'home', store: 'signer', asOfMs: clock.nowMs(), reason: 'no answer' },
      { node: 'home', store: '0a0b0c0d/lighthouse-2', asOfMs: 5, reason: 'it runs' },
    ];
    const keeper = schedule();
    await pass(1, keeper);
    expect(keeper.findings).toMatchObject([
      { code: 'EPH-BACKUP-SIGNER-SILENT', facts: { node: 'home', reason: 'no answer' } },
    ]);
    expect(keeper.findings[0]?.long).toContain('2023-11-14T');
    behind = [];
    await pass(24, keeper);
    expect(keeper.findings).toEqual([]);
  });

  it('go on when the clock was set back a year', async () => {
    await pass(1, schedule());
    clock.jump(-365 * 24 * hour);
    await pass(1, schedule());
    expect(made).toHaveLength(2);
  });
});
