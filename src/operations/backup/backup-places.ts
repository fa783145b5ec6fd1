import { join } from 'node:path';
import type { RootPaths } from '../../storage/files/root-paths.ts';

/** Where it is remembered when backups were made. */
export function backupStateFile({ root }: Pick<RootPaths, 'root'>): string {
  return join(root, 'backups', 'state.json');
}
