import { isLocalNetwork } from '../../config/local-network.ts';
import { devnetFolder, readDevnetSettings } from '../devnet/devnet-file.ts';
import type { EffectiveConfig } from '../services.ts';
import { fleetErrors } from './errors.ts';

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

/**
 * A configuration with those nodes alone that can be assembled: what is wanted of one does not depend on the network of
 * another. Throws EPH-FLEET-NO-DEVNET when a wanted one is not among them.
 */
export async function madeNodes(
  effective: EffectiveConfig,
  root: string,
  ...wanted: readonly (string | undefined)[]
): Promise<EffectiveConfig> {
  const { unmade, rest } = await byTheirNetwork(effective, root);
  for (const node of wanted) {
    const network = node === undefined ? undefined : unmade.get(node);
    if (network !== undefined) throw fleetErrors.create('EPH-FLEET-NO-DEVNET', { name: network });
  }
  return rest;
}

/** As `madeNodes`, for work that nothing can be done without: of all nodes there must be one. */
export async function someMadeNodes(
  effective: EffectiveConfig,
  root: string,
  wanted: string | undefined,
): Promise<EffectiveConfig> {
  const rest = await madeNodes(effective, root, wanted);
  if (Object.keys(rest.config.nodes).length > 0) return rest;
  return madeNodes(effective, root, ...Object.keys(effective.config.nodes));
}
