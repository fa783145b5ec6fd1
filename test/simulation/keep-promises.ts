import { expect, it } from 'vitest';
import type { NodeSetup } from '../../src/operations/node/node-setup.ts';
import { simulate } from './simulate.ts';

const iterations = 8;

/**
 * Declares the test that runs seeds `<name>-1`, `<name>-2`, … until so many resets have completed. There is one a
 * file, so that files share the work between cores.
 */
export function itKeepsItsPromises(name: string, resetsWanted: number, setup?: NodeSetup): void {
  it(`keeps its promises over ${resetsWanted} resets under faults (seeds ${name}-…)`, {
    timeout: 300_000,
  }, async () => {
    let resets = 0;
    const came = new Map<string, number>();
    for (let index = 1; resets < resetsWanted; index += 1) {
      const seed = `${name}-${index}`;
      const report = await simulate(seed, iterations, setup);
      const again = `--seed ${seed} --iterations ${iterations}${setup === undefined ? '' : ' --one-program'}`;
      expect(report.broken, `npm run simulate -- ${again}`).toEqual([]);
      resets += report.resets;
      for (const [kind, times] of Object.entries(report.faults))
        came.set(kind, (came.get(kind) ?? 0) + times);
    }
    // Faults that never come would make this test say nothing.
    expect([...came.keys()].sort()).toEqual(['api', 'client', 'clock', 'disk', 'kill', 'release']);
    for (const [kind, times] of came) expect(times, kind).toBeGreaterThan(resetsWanted / 20);
  });
}
