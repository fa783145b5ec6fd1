import { resolve } from 'node:path';
import { backupErrors } from '../../backup/errors.ts';
import { type BackupKey, type BackupLock, newIdentity } from '../../backup/lock.ts';
import { directoryTarget } from '../../backup/targets/directory-target.ts';
import type { BackupTarget } from '../../backup/targets/target.ts';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import { HttpClient } from '../../base/http.ts';
import { Secret } from '../../base/secret.ts';
import { configOrNone } from '../effective-config.ts';
import { isThere, writablePath } from '../keys/output-files.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { backUp } from './back-up.ts';
import { type BackupConfig, keepOf, openTargets, ownFile } from './backup-settings.ts';
import { chooseBackup, type KnownBackup, listBackups } from './choose-backup.ts';
import { type DrillReport, drillBackup } from './drill-backup.ts';
import type { MadeBackup } from './make-backup.ts';
import { publicKeyOf } from './public-key.ts';
import { type RestoreReport, type RestoreRequest, restoreBackup } from './restore-backup.ts';

/** What a person says of backups on the command line; the configuration says the rest. */
export interface BackupWish {
  readonly config?: string | undefined;
  /** A folder instead of the configured targets. */
  readonly folder?: string | undefined;
  readonly recipients?: readonly string[];
  readonly passphraseFile?: string | undefined;
  readonly identityFile?: string | undefined;
}

/** Which backup: by its name or file, else the newest of an installation. */
interface NamedWish {
  readonly backup?: string | undefined;
  readonly from?: string | undefined;
}

export interface BackupRun {
  readonly signal: AbortSignal;
  readonly onStep: (doing: string) => void;
}

/** Makes a backup now. Throws EPH-BACKUP-*, EPH-CONFIG-*. */
export function backUpNow(services: Services, wish: BackupWish, run: BackupRun): Promise<MadeBackup> {
  return withTargets(services, wish, async ({ targets, settings, config }) => {
    if (targets.length === 0) throw backupErrors.create('EPH-BACKUP-NO-TARGET', {});
    const lock = await lockOf(services, wish, settings);
    const keep = wish.folder === undefined ? keepOf(settings) : undefined;
    return backUp(services, { lock, targets, config, keep, ...run });
  });
}

/** The backups of the folder given, or of all configured targets. Throws EPH-BACKUP-TARGET. */
export function knownBackups(
  services: Services,
  wish: BackupWish,
  signal: AbortSignal,
): Promise<readonly KnownBackup[]> {
  return withTargets(services, wish, async ({ targets }) => {
    const [target] = targets;
    if (target === undefined) throw backupErrors.create('EPH-BACKUP-NO-TARGET', {});
    // One that is configured is made by the first backup; one that a person names is there.
    if (wish.folder !== undefined && !(await isThere(target.name).catch(() => true)))
      throw backupErrors.create('EPH-BACKUP-TARGET', {
        target: target.name,
        reason: 'there is no such folder',
        remedy: 'Name the folder that has the backups, or leave --folder out for the configured targets.',
      });
    return listBackups(services, targets, signal);
  });
}

/** Proves a backup, the newest unless one is named. Throws EPH-BACKUP-*. */
export function drill(
  services: Services,
  wish: BackupWish & NamedWish,
  run: BackupRun,
): Promise<DrillReport> {
  return withTargets(services, wish, async ({ targets, settings, config }) => {
    const configured = settings?.drill?.identityFile;
    const own = configured === undefined ? undefined : resolve(config?.folder ?? '', configured);
    const key = await keyOf(services, { identityFile: own, ...defined(wish) });
    const { backup: wanted, from } = wish;
    const backup = await chooseBackup(services, { wanted, from, targets, signal: run.signal });
    try {
      return await drillBackup(services, { backup, key, publicKeyOf, ...run });
    } finally {
      await backup.end();
    }
  });
}

/** Restores a backup, the newest unless one is named. Throws EPH-BACKUP-*, EPH-ROOT-LOCKED. */
export function restore(
  services: Services,
  wish: BackupWish &
    NamedWish &
    Pick<RestoreRequest, 'keySets' | 'replace' | 'decide' | 'dryRun'> & { readonly noBackup: boolean },
  run: BackupRun,
): Promise<RestoreReport> {
  return withTargets(services, wish, async ({ targets, config: inEffect }) => {
    const key = await keyOf(services, wish);
    const { backup: wanted, from } = wish;
    const backup = await chooseBackup(services, { wanted, from, targets, signal: run.signal });
    const { keySets, replace, decide, dryRun, config, noBackup } = wish;
    const before = { config, noBackup };
    try {
      return await restoreBackup(services, {
        backup,
        key,
        keySets,
        replace,
        decide,
        dryRun,
        before,
        bringConfig: inEffect === undefined,
        publicKeyOf,
        ...run,
      });
    } finally {
      await backup.end();
    }
  });
}

/**
 * Makes an identity and writes it to a new file, 0600; returns its recipient. Throws EPH-KEYS-OUTPUT-EXISTS and
 * EPH-KEYS-OUTPUT-UNWRITABLE.
 */
export async function makeIdentity(
  { host }: Pick<Services, 'host'>,
  file: string,
): Promise<{ file: string; recipient: string }> {
  const path = await writablePath(host, file);
  const { identity, recipient } = await newIdentity();
  await writeFileAtomic(path, `# recipient: ${recipient}\n${identity}\n`);
  return { file: path, recipient };
}

interface Opened {
  readonly targets: readonly BackupTarget[];
  readonly settings: BackupConfig | undefined;
  readonly config: EffectiveConfig | undefined;
}

async function withTargets<T>(
  services: Services,
  wish: BackupWish,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { host, clock } = services;
  const config = await configOrNone(services, wish.config);
  const settings = config?.config.backup;
  const http = new HttpClient({ clock, environment: host.env });
  try {
    const targets =
      wish.folder === undefined
        ? await openTargets(settings?.targets ?? [], {
            folder: config?.folder ?? host.workingDirectory,
            http,
          })
        : [directoryTarget(resolve(host.workingDirectory, wish.folder))];
    return await use({ targets, settings, config });
  } finally {
    await http.close();
  }
}

async function lockOf(
  services: Services,
  wish: BackupWish,
  settings: BackupConfig | undefined,
): Promise<BackupLock> {
  if (wish.passphraseFile !== undefined)
    return { kind: 'passphrase', passphrase: await passphraseIn(services, wish.passphraseFile) };
  const given = wish.recipients ?? [];
  const recipients = given.length > 0 ? given : (settings?.recipients ?? []);
  if (recipients.length === 0) throw backupErrors.create('EPH-BACKUP-LOCK-MISSING', {});
  return { kind: 'recipients', recipients };
}

async function keyOf({ host }: Pick<Services, 'host'>, wish: BackupWish): Promise<BackupKey> {
  if (wish.identityFile !== undefined) {
    const text = await ownFile(resolve(host.workingDirectory, wish.identityFile));
    return { kind: 'identities', identities: new Secret(text) };
  }
  if (wish.passphraseFile === undefined) throw backupErrors.create('EPH-BACKUP-KEY-MISSING', {});
  return { kind: 'passphrase', passphrase: await passphraseIn({ host }, wish.passphraseFile) };
}

async function passphraseIn({ host }: Pick<Services, 'host'>, file: string): Promise<Secret> {
  const text = await ownFile(resolve(host.workingDirectory, file));
  return new Secret(text.replace(/\r?\n$/, ''));
}

function defined(wish: BackupWish): Pick<BackupWish, 'identityFile' | 'passphraseFile'> {
  return {
    ...(wish.identityFile === undefined ? {} : { identityFile: wish.identityFile }),
    ...(wish.passphraseFile === undefined
      ? {}
      : { passphraseFile: wish.passphraseFile, identityFile: undefined }),
  };
}
