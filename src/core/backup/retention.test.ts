import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backupName, backupTimeMs } from './backup-name.ts';
import { expiredBackups } from './retention.ts';

const day = 86_400_000;
const nowMs = Date.parse('2026-11-28T12:00:00Z');
const made = (daysAgo: number) => backupName(nowMs - daysAgo * day, '0a1b2c3d');

describe('the name of a backup', () => {
  it('tells when it was made', () => {
    expect(backupName(nowMs, '0a1b2c3d')).toBe('ephemery-20261128T120000Z-0a1b2c3d.age');
    expect(backupTimeMs(made(3))).toBe(nowMs - 3 * day);
  });

  it.each([
    'ephemery-20261128T120000Z-0a1b2c3d.age.part',
    'notes.txt',
    'ephemery-20269928T120000Z-0a1b2c3d.age',
    '',
  ])('is no other than that: %s', (name) => expect(backupTimeMs(name)).toBeUndefined());
});

describe('backups that may go', () => {
  it('are beyond the count and beyond the age', () => {
    const names = [1, 2, 3, 40, 50, 60].map(made);
    expect(expiredBackups(names, { count: 2, ageMs: 45 * day }, nowMs)).toEqual([50, 60].map(made));
    expect(expiredBackups(names, { count: 6, ageMs: 0 }, nowMs)).toEqual([]);
  });

  it('are never those of others, nor the newest, whatever is asked for', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -10, max: 500 }), { maxLength: 30 }),
        fc.nat(5),
        fc.nat(500 * day),
        (ages, count, ageMs) => {
          const names = [...ages.map(made), 'their-backup.age', 'readme'];
          const expired = expiredBackups(names, { count, ageMs }, nowMs);
          expect(expired).not.toContain('their-backup.age');
          expect(expired).not.toContain('readme');
          const newest = Math.min(...ages);
          if (ages.length > 0)
            expect(names.filter((name) => !expired.includes(name))).toContain(made(newest));
          for (const name of expired) expect(nowMs - (backupTimeMs(name) ?? nowMs)).toBeGreaterThan(ageMs);
        },
      ),
    );
  });
});
