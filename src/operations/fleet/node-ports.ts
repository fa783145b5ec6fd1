import type { ClientDefinition } from '../../core/clients/client.ts';
import type { UnitLayer } from '../../core/node/desired.ts';
import { allocatePorts, type NodePorts, portConflicts } from '../../core/node/ports.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import { fleetErrors } from './errors.ts';

/** One client of a node that wants ports. */
export interface PortClaim {
  readonly layer: UnitLayer;
  readonly definition: ClientDefinition;
  /** From the configuration, by the port's name. */
  readonly configured: Readonly<Record<string, number>>;
}

export interface PortAllocation {
  readonly node: string;
  readonly store: Pick<NodeStore, 'readPorts' | 'writePorts'>;
  readonly claims: readonly PortClaim[];
}

export interface PortSurroundings {
  /** Where the search for free ports begins; a node's ports then stay what they are. */
  readonly first: number;
  /** Whether a program of this host has a port now. */
  readonly inUse: (port: number) => Promise<boolean>;
  /** Ports that others of the root have, such as a devnet's. */
  readonly reserved: readonly number[];
}

/**
 * Gives every node of a root its ports, new ones once and old ones as they were, and writes them down.
 * Throws EPH-FLEET-PORT-CONFLICT.
 */
export async function allocateAll(
  allocations: readonly PortAllocation[],
  surroundings: PortSurroundings,
): Promise<ReadonlyMap<string, NodePorts>> {
  const before = new Map<string, NodePorts>();
  for (const { node, store } of allocations) before.set(node, (await store.readPorts()) ?? {});
  const result = new Map<string, NodePorts>();
  const configured = allocations.flatMap(({ claims }) => claims.flatMap((c) => Object.values(c.configured)));
  const earlier = [...before.values()].flatMap((ports) => Object.values(ports));
  const taken = new Set([...surroundings.reserved, ...earlier, ...configured]);
  for (const { node, claims } of allocations) {
    const own = before.get(node) ?? {};
    const ports = await allocateFree({ claims, before: own, taken }, surroundings);
    result.set(node, ports);
    for (const port of Object.values(ports)) taken.add(port);
  }
  refuseConflicts(result);
  for (const { node, store } of allocations) {
    const ports = result.get(node) ?? {};
    if (JSON.stringify(ports) !== JSON.stringify(before.get(node))) await store.writePorts(ports);
  }
  return result;
}

/** Allocates, and again without those that turn out to be used by others; ports once given are not asked about. */
async function allocateFree(
  wanted: { claims: readonly PortClaim[]; before: NodePorts; taken: ReadonlySet<number> },
  { first, inUse }: PortSurroundings,
): Promise<NodePorts> {
  const taken = new Set(wanted.taken);
  const requests = wanted.claims.map(({ layer, definition, configured }) => ({
    layer,
    declared: definition.ports,
    configured,
  }));
  const given = new Set([
    ...Object.values(wanted.before),
    ...wanted.claims.flatMap(({ configured }) => Object.values(configured)),
  ]);
  for (;;) {
    const ports = allocatePorts(requests, { before: wanted.before, taken, base: first });
    const fresh = Object.values(ports).filter((port) => !given.has(port));
    const busy = await firstInUse(fresh, inUse);
    if (busy === undefined) return ports;
    taken.add(busy);
  }
}

async function firstInUse(
  ports: readonly number[],
  inUse: (port: number) => Promise<boolean>,
): Promise<number | undefined> {
  for (const port of ports) if (await inUse(port)) return port;
  return undefined;
}

function refuseConflicts(ports: ReadonlyMap<string, NodePorts>): void {
  const all = Object.fromEntries(ports);
  for (const node of ports.keys()) {
    const found = portConflicts(node, all);
    if (found.length === 0) continue;
    const conflicts = found.map((conflict) => `${conflict.port} (${conflict.name}) and ${conflict.with}`);
    throw fleetErrors.create('EPH-FLEET-PORT-CONFLICT', { node, conflicts });
  }
}
