import { controlErrors } from '../control/errors.ts';
import type { PlanReport } from '../control/reports.ts';
import type { EffectiveConfig } from '../services.ts';

export function unmadePlan(node: string, network: string): PlanReport {
  return { node, beginsWithUp: network, steps: [], fetch: [], findings: [] };
}

/** Of nodes that cannot be assembled yet, too, it is known which there are. Throws EPH-CONTROL-NO-NODE. */
export function refuseUnknown({ config }: EffectiveConfig, node: string | undefined): void {
  if (node === undefined || config.nodes[node] !== undefined) return;
  const ours = Object.entries(config.nodes).filter(([, { runtime }]) => runtime !== 'external');
  throw controlErrors.create('EPH-CONTROL-NO-NODE', { node, known: ours.map(([name]) => name) });
}
