import { createHash } from 'node:crypto';

/** Where a root may begin to look for free ports. */
export interface PortRange {
  readonly first: number;
  /** Ports from one beginning to the next: what a root needs as a rule. */
  readonly step: number;
  readonly beginnings: number;
}

/** Below 32768, from where on systems give ports to outgoing connections. Source: Linux, ip_local_port_range. */
export const nodePorts: PortRange = { first: 21_000, step: 20, beginnings: 450 };

export const devnetPorts: PortRange = { first: 20_000, step: 5, beginnings: 200 };

/**
 * Where this root begins: the same each time, and seldom where another root of the host does. That one's programs may
 * be down just when ports are chosen, and then nobody listens on what is theirs.
 */
export function firstPort(root: string, { first, step, beginnings }: PortRange): number {
  const hash = createHash('sha256').update(root).digest().readUInt32BE(0);
  return first + (hash % beginnings) * step;
}
