import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenedFleet } from '../../src/operations/services.ts';
import type { Bench } from './bench.ts';
import { hundredNodes, planAll, removeHundred } from './hundred-nodes.ts';

let opened: OpenedFleet | undefined;

export const bench: Bench = {
  name: 'plan-100',
  what: 'Plan of 100 nodes of mixed pairs on one root, release held: each looked at and planned, fleet already open',
  unit: 'ms',
  limit: { value: 200 },
  warmups: 3,
  runs: 11,
  prepare: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-plan-'));
    opened = await (await hundredNodes(folder))();
    // The first look of each node finds the release; only then is there something to plan.
    for (const node of opened.fleet.nodes.values()) await node.plan();
    return async () => {
      await opened?.close();
      await removeHundred(folder);
    };
  },
  run: async () => {
    const startMs = performance.now();
    if (opened !== undefined) await planAll(opened);
    return { value: performance.now() - startMs };
  },
};
