import type { PortDeclaration } from '../clients/client.ts';
import type { UnitLayer } from './desired.ts';

/** Ports of one node by `<layer>.<name>`, as `ports.json` keeps them. */
export type NodePorts = Readonly<Record<string, number>>;

export interface PortRequest {
  readonly layer: UnitLayer;
  readonly declared: readonly PortDeclaration[];
  /** From the configuration, by the port's name. */
  readonly configured: Readonly<Record<string, number>>;
}

export interface PortConflict {
  readonly port: number;
  /** `<layer>.<name>` of this node. */
  readonly name: string;
  /** Another port of ours, `<node> <layer>.<name>`. */
  readonly with: string;
}

const lowestPort = 1024;
const highestPort = 65_535;

/** The name of a port within its node. */
function portKey(layer: UnitLayer, name: string): string {
  return `${layer}.${name}`;
}

/**
 * Gives each declared port its number: the configured one, else the one it had before, else the first free one
 * from `base` on. `taken`: what others of the root have and what the host has in use; a number once given stays.
 */
export function allocatePorts(
  requests: readonly PortRequest[],
  given: { readonly before: NodePorts; readonly taken: ReadonlySet<number>; readonly base: number },
): NodePorts {
  const wanted = requests.flatMap(({ layer, declared, configured }) =>
    declared.map(({ name }) => {
      const key = portKey(layer, name);
      return { key, fixed: configured[name] ?? given.before[key] };
    }),
  );
  const used = new Set(given.taken);
  for (const { fixed } of wanted) if (fixed !== undefined) used.add(fixed);
  const ports: Record<string, number> = {};
  for (const { key, fixed } of wanted) {
    ports[key] = fixed ?? firstFree(used, given.base);
    used.add(ports[key]);
  }
  return ports;
}

function firstFree(used: ReadonlySet<number>, base: number): number {
  for (let port = Math.max(base, lowestPort); port <= highestPort; port += 1) {
    if (!used.has(port)) return port;
  }
  throw new RangeError(`no port is free from ${base} on`);
}

/** Ports that two units of the root would both listen on; within a client one number may serve TCP and UDP. */
export function portConflicts(
  node: string,
  nodes: Readonly<Record<string, NodePorts>>,
): readonly PortConflict[] {
  const mine = Object.entries(nodes[node] ?? {});
  const all = Object.entries(nodes).flatMap(([other, ports]) =>
    Object.entries(ports).map(([name, port]) => ({ other, name, port })),
  );
  return mine.flatMap(([name, port]) =>
    all
      .filter((theirs) => theirs.port === port && !(theirs.other === node && sameLayer(theirs.name, name)))
      .map((theirs) => ({ port, name, with: `${theirs.other} ${theirs.name}` })),
  );
}

function sameLayer(a: string, b: string): boolean {
  return a.slice(0, a.indexOf('.')) === b.slice(0, b.indexOf('.'));
}

/** One layer's ports by their own names, for its client's context. */
export function portsOf(layer: UnitLayer, ports: NodePorts): Readonly<Record<string, number>> {
  const prefix = `${layer}.`;
  const own = Object.entries(ports).filter(([key]) => key.startsWith(prefix));
  return Object.fromEntries(own.map(([key, port]) => [key.slice(prefix.length), port]));
}
