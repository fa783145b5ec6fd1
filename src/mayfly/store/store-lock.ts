import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, type ProcessIdentity, processIdentity } from '../../base/process-identity.ts';
import { mayflyErrors } from '../errors.ts';

/**
 * Keeps a second process out of the folder: both would append to one log. Returns the function that gives the
 * folder free; a lock whose process is gone is taken over. @throws EPH-MAYFLY-IN-USE
 */
export async function lockStore(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock.json');
  const own = await processIdentity(process.pid);
  const text = JSON.stringify(own);
  if (!(await created(path, text))) {
    const holder = parseHolder(await readFile(path, 'utf8').catch(() => ''));
    if (holder !== undefined && (await isAlive(holder))) {
      throw mayflyErrors.create('EPH-MAYFLY-IN-USE', { path: directory, pid: holder.pid });
    }
    await writeFile(path, text, { mode: 0o600 });
  }
  return () => rm(path, { force: true });
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
