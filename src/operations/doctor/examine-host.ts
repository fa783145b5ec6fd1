import { messageOf } from '../../base/errors.ts';
import { createNodeProbe } from '../../chain/discovery/probe.ts';
import { createBeaconNetworkHttp } from '../../chain/http/beacon-network.ts';
import { createExecutionNetworkHttp } from '../../chain/http/execution-network.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
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

/** What one part is found to be; that it could not be looked at hides nothing of the others. */
async function looked(
  part: string,
  look: () => readonly Finding[] | Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (cause) {
    return [hostFindings.create('EPH-HOST-UNEXAMINED', { part, reason: messageOf(cause) })];
  }
}

/** Everything that is wrong with this host and root, the worst first. */
export async function examineHost(
  services: Services,
  examination: Examination,
): Promise<readonly FindingReport[]> {
  const { paths } = services;
  const { nodes } = examination;
  const parts: Readonly<Record<string, () => readonly Finding[] | Promise<readonly Finding[]>>> = {
    Node: () => examineNode(process.versions.node),
    'the disk': () => examineDisk(paths),
    permissions: () => examinePermissions(paths),
    'the lock': () => examineLock(services, examination.isSupervised),
    'running programs': () => examineUnits(services, examination),
    'kept messages': () => voidMessageFindings(services),
    ports: () => examinePorts(nodes),
    clients: () => examineClients(nodes),
    'the clock': () => examineClock(services, nodes),
    'ways to our peers': () => reachability(services, nodes),
  };
  const found = await Promise.all(Object.entries(parts).map(([part, look]) => looked(part, look)));
  return found
    .flat()
    .map((finding) => ({ ...finding, facts: { ...finding.facts } }))
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}
