import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { backupErrors } from '../../backup/errors.ts';
import type { BackupTarget } from '../../backup/targets/target.ts';
import { backupInstallation, readBackupName } from '../../core/backup/backup-name.ts';
import { beginBackupWork } from '../../storage/files/backup-work.ts';
import { installationId } from '../../storage/files/installation.ts';
import type { Services } from '../services.ts';

/** A backup somewhere. */
export interface KnownBackup {
  readonly name: string;
  readonly createdAtMs: number;
  /** Who made it; absent where its name is of an earlier form. */
  readonly installation?: string;
  /** Made by this installation. */
  readonly isOurs: boolean;
  readonly target: string;
}

type Around = Pick<Services, 'paths' | 'host'>;

/** All backups in all targets, those of other installations too, the newest first. Throws EPH-BACKUP-TARGET. */
export async function listBackups(
  { paths }: Pick<Services, 'paths'>,
  targets: readonly BackupTarget[],
  signal?: AbortSignal,
): Promise<readonly KnownBackup[]> {
  const id = await installationId(paths);
  const ours = id === undefined ? undefined : backupInstallation(id);
  const lists = await Promise.all(
    targets.map(async (target) =>
      (await target.list(signal)).flatMap((name) => {
        const read = readBackupName(name);
        if (read === undefined) return [];
        const isOurs = read.installation !== undefined && read.installation === ours;
        return [{ name, ...read, isOurs, target: target.name }];
      }),
    ),
  );
  return lists.flat().toSorted((a, b) => b.createdAtMs - a.createdAtMs || a.name.localeCompare(b.name));
}

export interface ChosenBackup {
  readonly name: string;
  /** The locked file on this machine. */
  readonly file: string;
  /** Removes the file if it was fetched for this use. */
  end(): Promise<void>;
}

/** Which backup is meant. */
export interface BackupChoiceWish {
  /** A file, or a name in any target; the newest when absent. */
  readonly wanted?: string | undefined;
  /** The newest of this installation, or the beginning of its id; `any` for whoever made it. */
  readonly from?: string | undefined;
  readonly targets: readonly BackupTarget[];
  readonly signal?: AbortSignal | undefined;
}

/**
 * A file of this machine, a backup of that name in any target, or the newest: of this installation, else of the only one
 * there is. Throws EPH-BACKUP-NONE, EPH-BACKUP-SEVERAL-HOSTS, EPH-BACKUP-TARGET.
 */
export async function chooseBackup(around: Around, wish: BackupChoiceWish): Promise<ChosenBackup> {
  const { paths, host } = around;
  const { wanted, targets, signal } = wish;
  const file = wanted === undefined ? undefined : resolve(host.workingDirectory, wanted);
  if (file !== undefined && (await isFile(file)))
    return { name: basename(file), file, end: async () => undefined };
  const found =
    wanted === undefined
      ? newest(await listBackups(around, targets, signal), wish.from)
      : await named(around, wanted, { targets, signal });
  const target = targets.find(({ name }) => name === found?.target);
  if (found === undefined || target === undefined) {
    const target = targets.map(({ name }) => name).join(', ') || 'this machine';
    const of = wish.from === undefined ? 'yet' : `of ${wish.from}`;
    throw backupErrors.create('EPH-BACKUP-NONE', { wanted: wanted ?? of, target });
  }
  const work = await beginBackupWork(paths, 'incoming');
  try {
    await target.fetch(found.name, work.path, signal);
  } catch (thrown) {
    await work.end();
    throw thrown;
  }
  return { name: found.name, file: work.path, end: () => work.end() };
}

/** One that is asked for by name is taken from where it is, whatever another target says. */
async function named(
  around: Around,
  wanted: string,
  { targets, signal }: Pick<BackupChoiceWish, 'targets' | 'signal'>,
): Promise<KnownBackup | undefined> {
  const lists = await Promise.allSettled(targets.map((target) => listBackups(around, [target], signal)));
  const all = lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  const found = all.find(({ name }) => name === wanted);
  const failed = lists.find((list) => list.status === 'rejected');
  if (found === undefined && failed !== undefined) throw failed.reason;
  return found;
}

/** Another host's keys are never taken by guessing. */
function newest(all: readonly KnownBackup[], from: string | undefined): KnownBackup | undefined {
  if (from === 'any') return all[0];
  if (from !== undefined)
    return all.find(({ installation }) => from.length >= 4 && installation?.startsWith(from) === true);
  const ours = all.find(({ isOurs }) => isOurs);
  const installations = [...new Set(all.map(({ installation }) => installation ?? 'not named'))];
  if (ours !== undefined || installations.length < 2) return ours ?? all[0];
  throw backupErrors.create('EPH-BACKUP-SEVERAL-HOSTS', { installations });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}
