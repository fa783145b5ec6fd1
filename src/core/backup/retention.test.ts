import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backupInstallation, backupName, readBackupName } from './backup-name.ts';
import { expiredBackups } from './retention.ts';

const day = 86_400_000;
const nowMs = Date.parse('2026-11-28T12:00:00Z');
const ours = backupInstallation('00112233445566778899aabbccddeeff');
const theirs = 'ffffffffffff';
const at = { nowMs, installation: ours };
const made = (daysAgo: number, installation = ours) =>
  backupName(nowMs - daysAgo * day, installation, '0a1b2c3d');

describe('the name of a backup', () => {
  it('tells when it was made, and by which installation', () => {
    expect(made(0)).toBe('ephemery-20261128T120000Z-001122334455-0a1b2c3d.age');
    expect(readBackupName(made(3))).toEqual({ createdAtMs: nowMs - 3 * day, installation: ours });
  });

  it('of an earlier form is read, and does not say whose it is', () => {
    expect(readBackupName('ephemery-20261128T120000Z-0a1b2c3d.age')).toEqual({ createdAtMs: nowMs });
  });

  it.each([
    'ephemery-20261128T120000Z-0a1b2c3d.age.part',
    'ephemery-20261128T120000Z-001122334455-0a1b2c3d.age.part',
    'notes.txt',
    'ephemery-20269928T120000Z-0a1b2c3d.age',
    '',
  ])('is no other than that: %s', (name) => expect(readBackupName(name)).toBeUndefined());
});

describe('backups that may go', () => {
  it('are beyond the count and beyond the age', () => {
    const names = [1, 2, 3, 40, 50, 60].map((age) => made(age));
    expect(expiredBackups(names, { count: 2, ageMs: 45 * day }, at)).toEqual(
      [50, 60].map((age) => made(age)),
    );
    expect(expiredBackups(names, { count: 6, ageMs: 0 }, at)).toEqual([]);
  });

  it('are never those of others, nor the newest, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -10, max: 500 }), { maxLength: 30 }),
        fc.nat(5),
        fc.nat(500 * day),
        (ages, count, ageMs) => {
          const others = [
            ...ages.map((age) => made(age, theirs)),
            'ephemery-20201128T120000Z-0a1b2c3d.age',
            'their-backup.age',
            'readme',
          ];
          const names = [...ages.map((age) => made(age)), ...others];
          const expired = expiredBackups(names, { count, ageMs }, at);
          for (const other of others) expect(expired).not.toContain(other);
          const newest = Math.min(...ages);
          if (ages.length > 0)
            expect(names.filter((name) => !expired.includes(name))).toContain(made(newest));
          for (const name of expired)
            expect(nowMs - (readBackupName(name)?.createdAtMs ?? nowMs)).toBeGreaterThan(ageMs);
        },
      ),
    );
  });
});
