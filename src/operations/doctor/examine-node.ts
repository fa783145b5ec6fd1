import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';

/** The oldest major release of Node that is maintained (nodejs/Release: 20 ended in April 2026). */
const oldestMaintained = 22;

export function examineNode(version: string): readonly Finding[] {
  const major = Number(version.split('.')[0]);
  return major >= oldestMaintained ? [] : [hostFindings.create('EPH-HOST-NODE-UNSUPPORTED', { version })];
}
