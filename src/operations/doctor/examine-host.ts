import type { Finding } from '../../core/findings/finding.ts';
import type { FindingReport } from '../control/reports.ts';
import type { EffectiveConfig } from '../effective-config.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import type { Services } from '../services.ts';
import { examineClients } from './examine-clients.ts';
import { examineClock } from './examine-clock.ts';
import { examineDisk } from './examine-disk.ts';
import { examineLock } from './examine-lock.ts';
import { examineNode } from './examine-node.ts';
import { examinePermissions } from './examine-permissions.ts';
import { examinePorts } from './examine-ports.ts';
import { examineUnits } from './examine-units.ts';

export interface Examination {
  readonly config: EffectiveConfig | undefined;
  /** Assembled for reading; none when the configuration cannot be used. */
  readonly nodes: readonly AssembledNode[];
  /** A supervisor is alive: it, or who asks it. */
  readonly isSupervised: boolean;
}

const severities = ['critical', 'warning', 'info'] as const;

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
    examinePorts(examination.nodes),
    examineClients(examination.nodes),
    examineClock(services, examination.nodes),
  ]);
  return parts
    .flat()
    .map((finding) => ({ ...finding, facts: { ...finding.facts } }))
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}
