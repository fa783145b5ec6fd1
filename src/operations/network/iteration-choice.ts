import type { NetworkDefinition } from '../../core/network/definition.ts';
import { iterationAt, scheduleOf } from '../../core/network/schedule.ts';
import { networkUseErrors } from './errors.ts';

/** The iteration that is meant: the given one, else the clock's. Throws EPH-NETWORK-NOT-BEGUN. */
export function chosenIteration(
  definition: NetworkDefinition,
  nowMs: number,
  given: number | undefined,
): number {
  const iteration = given ?? iterationAt(definition, nowMs);
  if (iteration >= 0) return iteration;
  const firstStart = new Date(scheduleOf(definition, 0).startSeconds * 1_000).toISOString();
  throw networkUseErrors.create('EPH-NETWORK-NOT-BEGUN', { network: definition.name, firstStart });
}
