import { expect, it } from 'vitest';
import { simulate } from './simulate.ts';

const iterations = 8;

/**
 * Declares the test that runs seeds `<name>-1`, `<name>-2`, … until so many resets have completed. There is one a
 * file, so that files share the work between cores.
 */
export function itKeepsItsPromises(name: string, resetsWanted: number): void {
  it(`keeps its promises over ${resetsWanted} resets under faults (seeds ${name}-…)`, {
    timeout: 300_000,
  }, async () => {
    let resets = 0;
    let kills = 0;
    for (let index = 1; resets < resetsWanted; index += 1) {
      const seed = `${name}-${index}`;
      const report = await simulate(seed, iterations);
      expect(report.broken, `npm run simulate -- --seed ${seed} --iterations ${iterations}`).toEqual([]);
      resets += report.resets;
      kills += report.kills;
    }
    // Faults that never come would make this test say nothing.
    expect(kills).toBeGreaterThan(resetsWanted / 20);
  });
}
