import { join } from 'node:path';
import { ensureFolder } from '../../base/atomic-files.ts';
import { type RootLock, takeLock } from './root-lock.ts';
import type { RootPaths } from './root-paths.ts';

/**
 * Takes the one lock on everything under `keys/`. It is not the lock of the root, which a running supervisor holds; who
 * needs both takes that of the root first. Throws EPH-ROOT-LOCKED.
 */
export async function takeKeyLock(paths: RootPaths, purpose: string, nowMs: number): Promise<RootLock> {
  await ensureFolder(paths.keys);
  return takeLock({ root: paths.root, lock: join(paths.keys, '.lock'), held: 'keys' }, purpose, nowMs);
}
