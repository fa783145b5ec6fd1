import { join } from 'node:path';
import type { RootPaths } from '../../storage/files/root-paths.ts';

/** Where backups are made, opened and remembered under a root. */
export function backupPlaces({ root }: Pick<RootPaths, 'root'>) {
  const folder = join(root, 'backups');
  return {
    folder,
    /** A locked file on its way to the targets. */
    outgoing: join(folder, 'outgoing'),
    /** A fetched, locked file. */
    incoming: join(folder, 'incoming'),
    /** The content of a backup in a drill. */
    scratch: join(folder, 'scratch'),
    state: join(folder, 'state.json'),
  };
}
