import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenedFleet } from '../../src/operations/services.ts';
import type { Bench } from './bench.ts';
import { hundredNodes, planAll, removeHundred } from './hundred-nodes.ts';

let open: () => Promise<OpenedFleet>;

/** What a user waits for, without the start of the program itself. */
export const bench: Bench = {
  name: 'plan-100-open',
  what: 'The same with all that the command does: the fleet of a root without ports opened, each node looked at for the first time and planned',
  unit: 'ms',
  limit: { value: 2_000 },
  warmups: 1,
  runs: 7,
  prepare: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-plan-'));
    open = await hundredNodes(folder);
    return () => removeHundred(folder);
  },
  run: async () => {
    const startMs = performance.now();
    const opened = await open();
    // As the command does: once to find the release, and again with it.
    for (const node of opened.fleet.nodes.values()) await node.plan();
    await planAll(opened);
    const value = performance.now() - startMs;
    await opened.close();
    return { value };
  },
};
