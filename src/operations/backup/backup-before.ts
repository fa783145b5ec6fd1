import { backupErrors } from '../../backup/errors.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { HttpClient } from '../../base/http.ts';
import { type ConfigServices, configOrNone } from '../effective-config.ts';
import { type BackUpServices, backUp } from './back-up.ts';
import { keepOf, openTargets } from './backup-settings.ts';

export type BackupServices = ConfigServices & BackUpServices;

/** What a person said of the backup that comes before keys are touched. */
export interface BackupChoice {
  readonly config?: string | undefined;
  /** --no-backup */
  readonly noBackup: boolean;
}

export interface BackupWatch {
  readonly signal?: AbortSignal;
  readonly onProgress?: (doing: string) => void;
}

/**
 * Makes a backup where one is configured, before `purpose` changes keys, who owns them or what they signed; returns its
 * name. Throws EPH-BACKUP-BEFORE when it fails, EPH-CONFIG-* when whether one is configured cannot be told, and the
 * signal's reason: nothing is to be touched then.
 */
export async function backUpBefore(
  services: BackupServices,
  { purpose, config: given, noBackup }: BackupChoice & { readonly purpose: string },
  { signal, onProgress }: BackupWatch = {},
): Promise<string | undefined> {
  if (noBackup) return undefined;
  const config = await configOrNone(services, given);
  const settings = config?.config.backup;
  if (config === undefined || settings === undefined) return undefined;
  const http = new HttpClient({ clock: services.clock, environment: services.host.env });
  try {
    const targets = await openTargets(settings.targets, { folder: config.folder, http });
    const lock = { kind: 'recipients', recipients: settings.recipients } as const;
    const onStep = (doing: string) => onProgress?.(`Backup first: ${doing}`);
    const common = { lock, targets, config, keep: keepOf(settings), onStep };
    return (await backUp(services, signal === undefined ? common : { ...common, signal })).name;
  } catch (thrown) {
    signal?.throwIfAborted();
    // Before the first key there is nothing to lose.
    if (isEphemeryError(thrown, 'EPH-BACKUP-EMPTY')) return undefined;
    const code = isEphemeryError(thrown) ? thrown.code : 'EPH-BACKUP-FAILED';
    throw backupErrors.create('EPH-BACKUP-BEFORE', { purpose, code, reason: messageOf(thrown) }, thrown);
  } finally {
    await http.close();
  }
}
