import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder } from '../../base/atomic-files.ts';
import { endClaim, isClaimed, newClaim } from '../../base/claim.ts';
import type { RootPaths } from './root-paths.ts';

/** A locked file on its way out, one that was fetched, or the content of a backup in a drill. */
const kinds = ['outgoing', 'incoming', 'scratch'] as const;

export interface BackupWork {
  /** Nothing is there yet. */
  readonly path: string;
  /** Removes what came there. */
  end(): Promise<void>;
}

/** A place of this process alone, for as long as it works on a backup. What killed ones left behind goes. */
export async function beginBackupWork(
  paths: Pick<RootPaths, 'root'>,
  kind: (typeof kinds)[number],
): Promise<BackupWork> {
  await sweep(placeOf(paths, kind));
  const folder = await ensureFolder(placeOf(paths, kind));
  const claim = newClaim();
  const path = join(folder, claim);
  return {
    path,
    end: async () => {
      await rm(path, { recursive: true, force: true });
      endClaim(claim);
    },
  };
}

/** Removes what processes that are gone left of backups: a drill lays secrets out. */
export async function sweepBackupWork(paths: Pick<RootPaths, 'root'>): Promise<void> {
  for (const kind of kinds) await sweep(placeOf(paths, kind));
}

function placeOf({ root }: Pick<RootPaths, 'root'>, kind: (typeof kinds)[number]): string {
  return join(root, 'backups', kind);
}

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!isClaimed(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
