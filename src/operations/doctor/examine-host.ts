import { createNodeProbe } from '../../chain/discovery/probe.ts';
import { createBeaconNetworkHttp } from '../../chain/http/beacon-network.ts';
import { createExecutionNetworkHttp } from '../../chain/http/execution-network.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { FindingReport } from '../control/reports.ts';
import { voidMessageFindings } from '../keys/void-messages.ts';
import type { Services } from '../services.ts';
import type { Examination } from './examination.ts';
import { examineClients } from './examine-clients.ts';
import { examineClock } from './examine-clock.ts';
import { examineDisk } from './examine-disk.ts';
import { examineLock } from './examine-lock.ts';
import { examineNode } from './examine-node.ts';
import { examinePermissions } from './examine-permissions.ts';
import { examinePorts } from './examine-ports.ts';
import { examineReachability } from './examine-reachability.ts';
import { examineUnits } from './examine-units.ts';

const severities = ['critical', 'warning', 'info'] as const;

/** The protocols of peers are loaded only here. */
async function reachability({ clock }: Services, nodes: Examination['nodes']): Promise<readonly Finding[]> {
  if (nodes.length === 0) return [];
  const probe = createNodeProbe({ clock });
  return examineReachability(nodes, {
    probe,
    execution: createExecutionNetworkHttp,
    beacon: createBeaconNetworkHttp,
  });
}

/** Everything that is wrong with this host and root, the worst first. */
export async function examineHost(
  services: Services,
  examination: Examination,
): Promise<readonly FindingReport[]> {
  const { paths } = services;
  const parts: readonly (readonly Finding[])[] = await Promise.all([
    examineNode(process.versions.node),
    examineDisk(paths),
    examinePermissions(paths),
    examineLock(services, examination.isSupervised),
    examineUnits(services, examination),
    voidMessageFindings(services),
    examinePorts(examination.nodes),
    examineClients(examination.nodes),
    examineClock(services, examination.nodes),
    reachability(services, examination.nodes),
  ]);
  return parts
    .flat()
    .map((finding) => ({ ...finding, facts: { ...finding.facts } }))
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}
