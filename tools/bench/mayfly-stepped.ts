import { SteppedNetwork } from '../../src/mayfly/stepped-network.ts';
import { steppedSetup } from '../../test/support/stepped.ts';
import type { Bench } from './bench.ts';

const slots = 96;
const setup = await steppedSetup(1_000);

/** Real states and signatures, every block verified in full; only the execution layer is a stub. */
export const bench: Bench = {
  name: 'mayfly-stepped',
  what: 'Mayfly, 1,000 validators, stepped with the stub engine: slots a second over three epochs',
  unit: 'slots/s',
  limit: { value: 20, sense: 'at-least' },
  warmups: 1,
  runs: 3,
  async run() {
    const stepped = await SteppedNetwork.open(setup);
    const startMs = performance.now();
    await stepped.stepTo(slots);
    return { value: slots / ((performance.now() - startMs) / 1_000) };
  },
};
