import { messageOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
import type { FindingReport } from '../control/reports.ts';
import type { Services } from '../services.ts';
import { doctorChecks } from './doctor-checks.ts';
import type { Examination } from './examination.ts';

const severities = ['critical', 'warning', 'info'] as const;

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
  const found = await Promise.all(
    doctorChecks.map(({ part, look }) => looked(part, () => look(services, examination))),
  );
  return found
    .flat()
    .map((finding) => ({ ...finding, facts: { ...finding.facts } }))
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}
