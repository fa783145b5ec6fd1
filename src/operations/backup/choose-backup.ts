import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { backupErrors } from '../../backup/errors.ts';
import type { BackupTarget } from '../../backup/targets/target.ts';
import { ensureFolder } from '../../base/atomic-files.ts';
import { backupTimeMs } from '../../core/backup/backup-name.ts';
import type { Services } from '../services.ts';
import { backupPlaces } from './backup-places.ts';

/** A backup somewhere. */
export interface KnownBackup {
  readonly name: string;
  readonly createdAtMs: number;
  readonly target: string;
}

/** All backups in all targets, the newest first. Throws EPH-BACKUP-TARGET. */
export async function listBackups(
  targets: readonly BackupTarget[],
  signal?: AbortSignal,
): Promise<readonly KnownBackup[]> {
  const lists = await Promise.all(
    targets.map(async (target) =>
      (await target.list(signal)).flatMap((name) => {
        const createdAtMs = backupTimeMs(name);
        return createdAtMs === undefined ? [] : [{ name, createdAtMs, target: target.name }];
      }),
    ),
  );
  return lists.flat().toSorted((a, b) => b.createdAtMs - a.createdAtMs || a.name.localeCompare(b.name));
}

export interface ChosenBackup {
  readonly name: string;
  /** The locked file on this machine. */
  readonly file: string;
  /** True when it was fetched for this use and is to be removed after it. */
  readonly fetched: boolean;
}

/**
 * A file of this machine, a backup of that name in any target, or the newest of all. Throws EPH-BACKUP-NONE,
 * EPH-BACKUP-TARGET.
 */
export async function chooseBackup(
  { paths, host }: Pick<Services, 'paths' | 'host'>,
  wanted: string | undefined,
  {
    targets,
    signal,
  }: { readonly targets: readonly BackupTarget[]; readonly signal?: AbortSignal | undefined },
): Promise<ChosenBackup> {
  const file = wanted === undefined ? undefined : resolve(host.workingDirectory, wanted);
  if (file !== undefined && (await isFile(file))) return { name: basename(file), file, fetched: false };
  const all = await listBackups(targets, signal);
  const found = wanted === undefined ? all[0] : all.find(({ name }) => name === wanted);
  const target = targets.find(({ name }) => name === found?.target);
  if (found === undefined || target === undefined) {
    const target = targets.map(({ name }) => name).join(', ') || 'this machine';
    throw backupErrors.create('EPH-BACKUP-NONE', { wanted: wanted ?? 'yet', target });
  }
  const { incoming } = backupPlaces(paths);
  await ensureFolder(incoming);
  const into = join(incoming, found.name);
  await target.fetch(found.name, into, signal);
  return { name: found.name, file: into, fetched: true };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}
