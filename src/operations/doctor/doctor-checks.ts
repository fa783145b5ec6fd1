import type { ErrorCode } from '../../base/errors.ts';
import { createNodeProbe } from '../../chain/discovery/probe.ts';
import { createBeaconNetworkHttp } from '../../chain/http/beacon-network.ts';
import { createExecutionNetworkHttp } from '../../chain/http/execution-network.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { keysAsideFindings } from '../keys/key-findings.ts';
import { voidMessageFindings } from '../keys/void-messages.ts';
import type { Services } from '../services.ts';
import type { Examination } from './examination.ts';
import { examineClients } from './examine-clients.ts';
import { examineClock } from './examine-clock.ts';
import { examineDisk } from './examine-disk.ts';
import { examineLock } from './examine-lock.ts';
import { examineNode } from './examine-node.ts';
import { examinePermissions } from './examine-permissions.ts';
import { examineDevnetPorts, examinePorts } from './examine-ports.ts';
import { examineReachability } from './examine-reachability.ts';
import { examineUnits } from './examine-units.ts';

/** One thing that the doctor looks at. */
export interface DoctorCheck {
  /** What it is called where it could not be looked at: "nothing can be said of …". */
  readonly part: string;
  /** Every finding that it can make; a test has a cause for each. */
  readonly raises: readonly ErrorCode[];
  look(services: Services, examination: Examination): readonly Finding[] | Promise<readonly Finding[]>;
}

/** Everything that the doctor looks at. */
export const doctorChecks: readonly DoctorCheck[] = [
  {
    part: 'Node',
    raises: ['EPH-HOST-NODE-UNSUPPORTED'],
    look: () => examineNode(process.versions.node),
  },
  { part: 'the disk', raises: ['EPH-HOST-DISK-LOW'], look: ({ paths }) => examineDisk(paths) },
  {
    part: 'permissions',
    raises: ['EPH-HOST-ROOT-OPEN', 'EPH-HOST-ROOT-OWNER', 'EPH-HOST-ROOT-READ-ONLY'],
    look: ({ paths }) => examinePermissions(paths),
  },
  {
    part: 'the lock',
    raises: ['EPH-HOST-LOCK-STALE', 'EPH-HOST-LOCK-UNREADABLE', 'EPH-HOST-SUPERVISOR-SILENT'],
    look: examineLock,
  },
  {
    part: 'running programs',
    raises: ['EPH-HOST-RUNTIME', 'EPH-HOST-UNSUPERVISED'],
    look: examineUnits,
  },
  { part: 'kept messages', raises: ['EPH-VALIDATORS-MESSAGE-VOID'], look: voidMessageFindings },
  { part: 'keys put aside', raises: ['EPH-VALIDATORS-KEYS-ASIDE'], look: keysAsideFindings },
  { part: 'ports', raises: ['EPH-HOST-PORT-TAKEN'], look: (_, { nodes }) => examinePorts(nodes) },
  { part: 'ports of local networks', raises: ['EPH-DEVNET-PORT-TAKEN'], look: examineDevnetPorts },
  {
    part: 'clients',
    raises: ['EPH-HOST-PROGRAM', 'EPH-HOST-CLIENT-BEHIND', 'EPH-HOST-FORK-UNKNOWN'],
    look: (_, { nodes }) => examineClients(nodes),
  },
  {
    part: 'the clock',
    raises: ['EPH-RELEASE-CLOCK-SKEW', 'EPH-RELEASE-CLOCK-UNMEASURED'],
    look: (services, { nodes }) => examineClock(services, nodes),
  },
  {
    part: 'ways to our peers',
    raises: ['EPH-PEERS-BOOTNODES-DEAD', 'EPH-PEERS-ADDRESS', 'EPH-PEERS-PORT-CLOSED', 'EPH-PEERS-FORWARD'],
    look: reachability,
  },
];

function reachability(
  { clock }: Services,
  { nodes }: Examination,
): readonly Finding[] | Promise<readonly Finding[]> {
  if (nodes.length === 0) return [];
  return examineReachability(nodes, {
    probe: createNodeProbe({ clock }),
    execution: createExecutionNetworkHttp,
    beacon: createBeaconNetworkHttp,
  });
}
