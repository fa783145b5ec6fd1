import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { takenPorts } from '../fleet/taken-ports.ts';

/** Ports of clients that do not run, which somebody has all the same. */
export async function examinePorts(nodes: readonly AssembledNode[]): Promise<readonly Finding[]> {
  const taken = await Promise.all(nodes.map(takenPorts));
  return taken.flat().map(({ node, layer, name, port, holder }) => {
    const facts = { port, name: `${name} of ${unitName(node, layer)}`, holder };
    return hostFindings.create('EPH-HOST-PORT-TAKEN', facts, { node, layer });
  });
}
