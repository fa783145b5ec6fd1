import fc from 'fast-check';
import type { AtOnce, KeyDeed } from './key-deeds.ts';
import { KeyLife } from './key-life.ts';

const keySet = fc.constantFrom('main' as const, 'spare' as const);
const anySet = fc.option(keySet, { nil: undefined });
const node = fc.constantFrom('home' as const, 'second' as const);
const source = fc.nat(2);
const epochs = fc.integer({ min: 1, max: 4 });
const atOnce: fc.Arbitrary<AtOnce> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('import' as const), source, into: keySet }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('backup' as const) }) },
  { weight: 3, arbitrary: fc.record({ deed: fc.constant('move' as const), keySet, to: node }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('claim' as const), keySet: anySet }) },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('pass' as const), epochs: fc.constant(1) }) },
);
const deed: fc.Arbitrary<KeyDeed> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ deed: fc.constant('import' as const), source, into: keySet }),
  },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('backup' as const) }) },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('restore' as const), replace: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ deed: fc.constant('move' as const), keySet, to: node }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('configure' as const), keySet, node }) },
  { weight: 4, arbitrary: fc.record({ deed: fc.constant('pass' as const), epochs }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('stop' as const), node }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('lose-protection' as const), node }) },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('reset' as const) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('claim' as const), keySet: anySet }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('give' as const), node }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('copy' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ deed: fc.constant('both' as const), first: atOnce, second: atOnce }),
  },
);
const killAt = fc.option(fc.integer({ min: 1, max: 25 }), { nil: undefined, freq: 2 });

/** What many lives saw: without signers and kills in them they would say nothing. */
export interface KeyLivesReport {
  readonly opened: number;
  readonly starts: number;
  readonly kills: number;
  readonly copies: number;
}

/** Lives of any deeds in any order. Rejects with the shortest one that broke a promise. */
export async function liveKeyLives(
  sources: readonly string[],
  draw: { readonly numRuns: number; readonly seed?: number },
): Promise<KeyLivesReport> {
  const report = { opened: 0, starts: 0, kills: 0, copies: 0 };
  const deeds = fc.array(fc.tuple(deed, killAt), { minLength: 4, maxLength: 16 });
  const property = fc.asyncProperty(deeds, async (all) => {
    const life = await KeyLife.begin(sources);
    try {
      await life.act({ deed: 'import', source: 0, into: 'main' }, undefined);
      // Keys with a past: they sign by now.
      await life.act({ deed: 'pass', epochs: 4 }, undefined);
      for (const [what, at] of all) await life.act(what, at);
      if (life.broken.length > 0) throw new Error(life.broken.join('; '));
      report.opened += await life.prove();
      report.starts += life.starts;
      report.kills += life.kills;
      report.copies += life.copies;
    } finally {
      await life.end();
    }
  });
  await fc.assert(property, draw);
  return report;
}
