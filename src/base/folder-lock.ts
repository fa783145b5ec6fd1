import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { takeLockFile } from './lock-file.ts';
import { type ProcessIdentity, processIdentity } from './process-identity.ts';

/** A folder that is ours until `release`, or the process that has it. */
export type FolderLock =
  | { readonly kind: 'held'; release(): Promise<void> }
  | { readonly kind: 'taken'; readonly pid: number };

/**
 * Keeps a second holder, of this process or another, out of a folder by a file in it. A lock whose process is gone is
 * taken over, by one of those who want it.
 */
export async function lockFolder(folder: string, name = 'lock.json'): Promise<FolderLock> {
  const own = await processIdentity(process.pid);
  const text = JSON.stringify({ ...own, turn: randomBytes(6).toString('hex') });
  const answer = await takeLockFile({ path: join(folder, name), text, holderIn: parseHolder });
  if (answer.kind === 'taken') return { kind: 'taken', pid: parseHolder(answer.text)?.pid ?? 0 };
  return { kind: 'held', release: () => answer.lock.release() };
}

/** Undefined for a file that a kill left half-written: nobody holds the folder then. */
function parseHolder(text: string): ProcessIdentity | undefined {
  try {
    const { pid, bootId, startToken } = JSON.parse(text) as Partial<ProcessIdentity>;
    const isWhole = typeof pid === 'number' && typeof bootId === 'string' && typeof startToken === 'string';
    return isWhole ? { pid, bootId, startToken } : undefined;
  } catch {
    return undefined;
  }
}
