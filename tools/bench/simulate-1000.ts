import { simulate } from '../../test/simulation/simulate.ts';
import type { Bench } from './bench.ts';

const resets = 1_000;
const iterations = 8;

/** The reset machine under a virtual clock, with seeded faults: what `npm run simulate` does. */
export const bench: Bench = {
  name: 'simulate-1000',
  what: `${resets.toLocaleString('en')} resets of the simulation, one seed after the other, with their faults`,
  unit: 's',
  limit: { value: 60 },
  warmups: 1,
  runs: 3,
  async run() {
    const startMs = performance.now();
    let done = 0;
    for (let index = 1; done < resets; index += 1) {
      const report = await simulate(`seed-${index}`, iterations);
      if (report.broken.length > 0) throw new Error(`seed-${index} broke: ${report.broken.join('; ')}`);
      done += report.resets;
    }
    return { value: (performance.now() - startMs) / 1_000 };
  },
};
