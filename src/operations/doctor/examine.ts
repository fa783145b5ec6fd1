import { isEphemeryError } from '../../base/errors.ts';
import type { Control } from '../control/control.ts';
import type { FindingReport } from '../control/reports.ts';
import type { Services } from '../services.ts';
import { examineHost } from './examine-host.ts';
import { silenceIn } from './examine-lock.ts';

/**
 * What whoever answers for the root finds wrong. Where nobody can be asked, because the lock cannot be read or the
 * supervisor does not answer, what can be seen from here: that is when a doctor is needed.
 */
export async function examine(
  services: Services,
  open: () => Promise<Control>,
): Promise<readonly FindingReport[]> {
  try {
    return await (await open()).doctor();
  } catch (thrown) {
    const isSilent = isEphemeryError(thrown, 'EPH-CONTROL-UNREACHABLE');
    if (!isSilent && !isEphemeryError(thrown, 'EPH-ROOT-LOCK-UNREADABLE')) throw thrown;
    const unsupervised = { config: undefined, nodes: [], isSupervised: false };
    return examineHost(services, isSilent ? { ...unsupervised, silence: silenceIn(thrown) } : unsupervised);
  }
}
