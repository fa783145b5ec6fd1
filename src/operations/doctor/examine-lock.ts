import { type EphemeryError, isEphemeryError, messageOf } from '../../base/errors.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { hostFindings } from '../../core/findings/host.ts';
import { readLock } from '../../storage/files/root-lock.ts';
import { socketPath } from '../../storage/files/socket-path.ts';
import { createControlClient } from '../control/control-client.ts';
import type { Services } from '../services.ts';
import type { Examination } from './examination.ts';

/** A lock that is left over, cannot be read, or whose holder does not answer. */
export async function examineLock(
  { paths, clock }: Services,
  { isSupervised, silence }: Pick<Examination, 'isSupervised' | 'silence'>,
): Promise<readonly Finding[]> {
  if (isSupervised) return [];
  try {
    const found = await readLock(paths);
    if (found.state === 'free') return [];
    const { pid } = found.holder.process;
    if (found.state === 'stale')
      return [hostFindings.create('EPH-HOST-LOCK-STALE', { file: paths.lock, pid })];
    if (found.holder.purpose !== 'supervisor') return [];
    if (silence !== undefined)
      return [hostFindings.create('EPH-HOST-SUPERVISOR-SILENT', { pid, reason: silence })];
    await createControlClient(socketPath(paths), clock).status();
    return [];
  } catch (thrown) {
    if (!isEphemeryError(thrown)) throw thrown;
    if (thrown.code === 'EPH-ROOT-LOCK-UNREADABLE') {
      return [
        hostFindings.create('EPH-HOST-LOCK-UNREADABLE', {
          file: paths.lock,
          reason: String(thrown.facts.reason),
        }),
      ];
    }
    const found = await readLock(paths);
    const pid = found.state === 'free' ? 0 : found.holder.process.pid;
    return [hostFindings.create('EPH-HOST-SUPERVISOR-SILENT', { pid, reason: silenceIn(thrown) })];
  }
}

/** Why nobody answers, without what the finding says anyhow. */
export function silenceIn(thrown: EphemeryError): string {
  return thrown.code === 'EPH-CONTROL-UNREACHABLE' ? String(thrown.facts.reason) : messageOf(thrown);
}
