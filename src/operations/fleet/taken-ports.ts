import type { EphemeryError } from '../../base/errors.ts';
import { portHolder } from '../../base/port-holder.ts';
import { oneLook, type SocketTable } from '../../base/socket-table.ts';
import { type NodeLayer, nodeLayers } from '../../core/node/desired.ts';
import { publishedPorts, unitName } from '../../core/node/unit-spec.ts';
import { bindingChanges } from '../../storage/files/installation.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';
import { unitLayerOf } from '../node/node-setup.ts';
import { fleetErrors } from './errors.ts';
import type { AssembledNode } from './fleet.ts';

export interface TakenPort {
  readonly node: string;
  readonly layer: NodeLayer;
  /** The port's name, as the client declares it. */
  readonly name: string;
  readonly port: number;
  /** In words. */
  readonly holder: string;
}

/** Ports of clients that do not run, which somebody has all the same. */
export async function takenPorts(
  { setup, environment }: AssembledNode,
  sockets: SocketTable,
): Promise<readonly TakenPort[]> {
  const taken: TakenPort[] = [];
  for (const layer of nodeLayers) {
    const unit = unitName(setup.name, unitLayerOf(setup, layer));
    const runs = await environment.runtime.recover(unit).catch(() => unit);
    if (runs !== undefined) continue;
    const client = setup[layer];
    for (const wanted of client === undefined
      ? []
      : publishedPorts(client.definition, client.ports, client.publish)) {
      const holder = await portHolder(wanted, sockets);
      const { name, port } = wanted;
      if (holder !== undefined) taken.push({ node: setup.name, layer, name, port, holder });
    }
  }
  return taken;
}

/**
 * Refuses to start nodes whose ports others listen on: a client would end at once, or we would take the other's
 * answers for its own. A node of which something runs is not refused but kept. Throws EPH-FLEET-PORT-TAKEN.
 */
export async function refuseTakenPorts(paths: RootPaths, nodes: readonly AssembledNode[]): Promise<void> {
  const sockets = oneLook();
  for (const node of nodes) {
    const [taken] = (await somethingRuns(node)) ? [] : await takenPorts(node, sockets);
    if (taken === undefined) continue;
    const { port, layer, name, holder } = taken;
    throw await portTaken(paths, { node: taken.node, port, name: `${layer}.${name}`, holder });
  }
}

/** EPH-FLEET-PORT-TAKEN; of a root that may be a copy, that is told too. */
export async function portTaken(
  paths: RootPaths,
  port: { readonly node: string; readonly port: number; readonly name: string; readonly holder: string },
): Promise<EphemeryError> {
  const rootChanges = await bindingChanges(paths);
  return fleetErrors.create('EPH-FLEET-PORT-TAKEN', {
    ...port,
    ...(rootChanges.length === 0 ? {} : { rootChanges }),
  });
}

/** Whether any program of a node runs, or cannot be told of. */
export async function somethingRuns({ setup, environment }: AssembledNode): Promise<boolean> {
  for (const layer of nodeLayers) {
    // A unit that cannot be told of is for the node's controller to judge.
    const unit = unitName(setup.name, layer);
    const runs = await environment.runtime.recover(unit).catch(() => unit);
    if (runs !== undefined) return true;
  }
  return false;
}
