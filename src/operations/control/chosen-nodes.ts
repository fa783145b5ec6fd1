import type { NodeController } from '../node/node-controller.ts';
import type { OpenedFleet } from '../services.ts';
import { controlErrors } from './errors.ts';

/** All nodes that we run, or the one that was named. Throws EPH-CONTROL-NO-NODE, EPH-CONTROL-NODE-EXTERNAL. */
export function chosenNodes(
  opened: Pick<OpenedFleet, 'fleet' | 'externals'> | undefined,
  wanted: string | undefined,
): readonly (readonly [string, NodeController])[] {
  const all = [...(opened?.fleet.nodes ?? [])];
  const chosen = wanted === undefined ? all : all.filter(([name]) => name === wanted);
  if (wanted === undefined || chosen.length > 0) return chosen;
  if (opened?.externals.some(({ node }) => node.name === wanted) === true) {
    throw controlErrors.create('EPH-CONTROL-NODE-EXTERNAL', { node: wanted });
  }
  throw controlErrors.create('EPH-CONTROL-NO-NODE', { node: wanted, known: all.map(([name]) => name) });
}
