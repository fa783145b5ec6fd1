import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { folderPlace, isCopied } from './folder-place.ts';
import { takeLockFile } from './lock-file.ts';
import { type ProcessIdentity, processIdentity } from './process-identity.ts';

/** A folder that is ours until `release`, or the process that has it. */
export type FolderLock =
  | { readonly kind: 'held'; release(): Promise<void> }
  | { readonly kind: 'taken'; readonly pid: number };

/**
 * Keeps a second holder, of this process or another, out of a folder by a file in it. A lock whose process is gone, or
 * that came with a copy of the folder, is taken over, by one of those who want it.
 */
export async function lockFolder(folder: string, name = 'lock.json'): Promise<FolderLock> {
  const own = await processIdentity(process.pid);
  const place = await folderPlace(folder);
  const text = JSON.stringify({ ...own, place, turn: randomBytes(6).toString('hex') });
  const holderIn = (found: string) => holderOf(found, place);
  const answer = await takeLockFile({ path: join(folder, name), text, holderIn });
  if (answer.kind === 'taken') return { kind: 'taken', pid: holderOf(answer.text, place)?.pid ?? 0 };
  return { kind: 'held', release: () => answer.lock.release() };
}

/** Undefined for a file that a kill left half-written, and for a copy: nobody holds the folder then. */
function holderOf(text: string, here: string): ProcessIdentity | undefined {
  try {
    const holder = JSON.parse(text) as Partial<ProcessIdentity & { place: string }>;
    const { pid, bootId, startToken, place } = holder;
    if (isCopied(place, here)) return undefined;
    const isWhole = typeof pid === 'number' && typeof bootId === 'string' && typeof startToken === 'string';
    return isWhole ? { pid, bootId, startToken } : undefined;
  } catch {
    return undefined;
  }
}
