import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
import { nodeLayers } from '../../core/node/desired.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { portInUse } from '../fleet/port-probe.ts';

/** Ports of clients that do not run, on which somebody listens all the same. */
export async function examinePorts(nodes: readonly AssembledNode[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { setup, environment } of nodes) {
    for (const layer of nodeLayers) {
      const unit = unitName(setup.name, layer);
      const ports = Object.entries(setup[layer]?.ports ?? {});
      const runs = await environment.runtime.recover(unit).catch(() => unit);
      if (runs !== undefined) continue;
      for (const [port, number] of ports) {
        if (!(await portInUse(number))) continue;
        const facts = { port: number, name: `${port} of ${unit}` };
        findings.push(hostFindings.create('EPH-HOST-PORT-TAKEN', facts, { node: setup.name, layer }));
      }
    }
  }
  return findings;
}
