import { isLocalNetwork } from '../../config/local-network.ts';
import { controlErrors } from '../control/errors.ts';
import type { PlanReport } from '../control/reports.ts';
import { devnetFolder, readDevnetSettings } from '../devnet/devnet-file.ts';
import type { EffectiveConfig } from '../services.ts';

/** A configuration, cut in two. */
export interface ByTheirNetwork {
  /** Nodes of local networks that were never made; the name of the network by that of the node. */
  readonly unmade: ReadonlyMap<string, string>;
  /** The same configuration with all other nodes. */
  readonly rest: EffectiveConfig;
}

/** Tells nodes whose local network begins with the first `up`, and of which nothing can be assembled before, from the others. */
export async function byTheirNetwork(effective: EffectiveConfig, root: string): Promise<ByTheirNetwork> {
  const { config } = effective;
  const unmade = new Map<string, string>();
  for (const [name, { network }] of Object.entries(config.nodes)) {
    if (!isLocalNetwork(network, config.networks)) continue;
    if ((await readDevnetSettings(devnetFolder(root, network))) === undefined) unmade.set(name, network);
  }
  const nodes = Object.fromEntries(Object.entries(config.nodes).filter(([name]) => !unmade.has(name)));
  return { unmade, rest: { ...effective, config: { ...config, nodes } } };
}

export function unmadePlan(node: string, network: string): PlanReport {
  return { node, beginsWithUp: network, steps: [], fetch: [], findings: [] };
}

/** Of nodes that cannot be assembled yet, too, it is known which there are. Throws EPH-CONTROL-NO-NODE. */
export function refuseUnknown({ config }: EffectiveConfig, node: string | undefined): void {
  if (node === undefined || config.nodes[node] !== undefined) return;
  const ours = Object.entries(config.nodes).filter(([, { runtime }]) => runtime !== 'external');
  throw controlErrors.create('EPH-CONTROL-NO-NODE', { node, known: ours.map(([name]) => name) });
}
