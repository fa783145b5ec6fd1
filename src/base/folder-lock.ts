import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, processIdentity } from './process-identity.ts';

/** A folder that is ours until `release`, or the process that has it. */
export type FolderLock =
  | { readonly kind: 'held'; release(): Promise<void> }
  | { readonly kind: 'taken'; readonly pid: number };

/**
 * Keeps a second process out of a folder by a file `lock.json` in it. A lock whose process is gone is taken over.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, 'lock.json');
  const own = await processIdentity(process.pid);
  const text = JSON.stringify(own);
  if (!(await created(path, text))) {
    const holder = parseHolder(await readFile(path, 'utf8').catch(() => ''));
    if (holder !== undefined && (await isAlive(holder))) return { kind: 'taken', pid: holder.pid };
    await writeFile(path, text, { mode: 0o600 });
  }
  return { kind: 'held', release: () => rm(path, { force: true }) };
}

async function created(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw cause;
  }
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
