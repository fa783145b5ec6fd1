import { iterationAt, scheduleOf } from '../../src/core/network/schedule.ts';
import type { NodeSetup } from '../../src/operations/node/node-setup.ts';
import { Invariants } from './invariants.ts';
import { type FaultKind, Misfortune } from './misfortune.ts';
import { bundleOf, network } from './network.ts';
import { nodeSetup, World } from './world.ts';

export interface SimulationReport {
  readonly seed: string;
  /** Resets that completed, forced ones among them. */
  readonly resets: number;
  readonly kills: number;
  /** How often each kind of fault came. */
  readonly faults: Readonly<Record<FaultKind, number>>;
  readonly broken: readonly string[];
}

/** A node's life over some iterations under faults, and then through one reset without any. */
export async function simulate(
  seed: string,
  iterations: number,
  setup: NodeSetup = nodeSetup,
): Promise<SimulationReport> {
  const world = new World({ setup });
  const invariants = new Invariants(world);
  const misfortune = new Misfortune(world, seed);
  const everyMoment = world.mayHappen;
  world.mayHappen = (moment, life) => {
    if (!moment.startsWith('read')) invariants.check(moment);
    everyMoment(moment, life);
  };
  for (let i = 9; i <= 10; i += 1) world.publish(bundleOf(i));
  world.boot();
  const endMs = world.clock.monotonicMs() + iterations * network.periodSeconds * 1000;
  while (world.clock.monotonicMs() < endMs) {
    await misfortune.strike();
    invariants.check('between steps');
  }
  misfortune.stop();
  if (!world.isUp) world.boot();
  const releasing = world.controller.release().catch(() => undefined);
  // Through one whole reset, and to the middle of the life after it.
  const next = scheduleOf(network, iterationAt(network, world.clock.nowMs()) + 1);
  await world.advanceTo(next.startSeconds + network.periodSeconds / 2);
  await releasing;
  invariants.check('the end');
  const broken = [...invariants.broken, ...unfinished(world)];
  const faults = misfortune.came;
  const resets = world.eventsOf('reset.completed').length;
  const report = { seed, resets, kills: faults.kill, faults, broken };
  await world.end();
  return report;
}

/** What is not as it should be once faults have stopped for long enough. */
function unfinished(world: World): readonly string[] {
  const wanted = iterationAt(network, world.clock.nowMs());
  const lines: string[] = [];
  for (const layer of ['execution', 'consensus'] as const) {
    const on = world.iterationOf(layer);
    if (on !== wanted) lines.push(`${layer} ends on ${on}, not on ${wanted}`);
  }
  if (!world.isRunning('validator')) lines.push('the validator client ends down');
  const { reset } = world.controller.journalState;
  if (reset?.liveAtMs === undefined) lines.push(`the reset to ${wanted} never went live`);
  if (lines.length > 0) lines.push(`findings: ${world.findingCodes().join(', ')}`);
  return lines;
}
