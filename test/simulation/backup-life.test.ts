import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BackupDeed, BackupLife, sets } from './backup-life.ts';
import { keySources } from './key-deeds.ts';

let sources: Awaited<ReturnType<typeof keySources>>;
beforeAll(async () => {
  sources = await keySources();
});
afterAll(() => sources?.remove());

const keySet = fc.constantFrom(...sets);
const deed: fc.Arbitrary<BackupDeed> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ deed: fc.constant('import' as const), source: fc.nat(1), into: keySet }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ deed: fc.constant('backup' as const), keep: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      deed: fc.constant('restore' as const),
      replace: fc.boolean(),
      only: fc.option(keySet, { nil: undefined, freq: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('drill' as const) }) },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('sign' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      deed: fc.constant('lose' as const),
      what: fc.constantFrom('keys' as const, 'nodes' as const, 'owners' as const, ...sets),
    }),
  },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('reset' as const) }) },
);
const killAt = fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined, freq: 2 });

it('backups and restores of two hosts in one place, with imports, losses and resets, keep the keys of each', {
  timeout: 300_000,
}, async () => {
  const numRuns = Number(process.env.PROPERTY_RUNS ?? 10);
  const report = { opened: 0, kills: 0, restores: 0, backups: 0 };
  const deeds = fc.array(fc.tuple(fc.boolean(), deed, killAt), { minLength: 4, maxLength: 16 });
  const property = fc.asyncProperty(deeds, async (all) => {
    const first = await BackupLife.begin(sources.folders.slice(0, 2));
    const second = await BackupLife.begin(sources.folders.slice(2), first);
    const lives = [second, first];
    try {
      for (const life of lives) {
        await life.act({ deed: 'import', source: 0, into: 'main' }, undefined);
        await life.act({ deed: 'sign' }, undefined);
        await life.act({ deed: 'backup', keep: 3 }, undefined);
      }
      for (const [isFirst, what, at] of all) await (isFirst ? first : second).act(what, at);
      const broken = lives.flatMap((life) => life.broken);
      if (broken.length > 0) throw new Error(broken.join('; '));
      for (const life of lives) {
        report.opened += await life.prove();
        for (const count of ['kills', 'restores', 'backups'] as const) report[count] += life.counts[count];
      }
    } finally {
      for (const life of lives) await life.end();
    }
  });
  await fc.assert(property, { numRuns });
  for (const [what, count] of Object.entries(report)) expect(count, what).toBeGreaterThan(numRuns / 2);
});
