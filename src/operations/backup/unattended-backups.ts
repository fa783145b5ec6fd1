import { resolve } from 'node:path';
import { backupErrors } from '../../backup/errors.ts';
import { isEphemeryError } from '../../base/errors.ts';
import { HttpClient } from '../../base/http.ts';
import { Secret } from '../../base/secret.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { backUp } from './back-up.ts';
import { backupStateFile } from './backup-places.ts';
import { BackupSchedule } from './backup-schedule.ts';
import { type BackupConfig, keepOf, openTargets, ownFile } from './backup-settings.ts';
import { chooseBackup } from './choose-backup.ts';
import { drillBackup } from './drill-backup.ts';
import type { MadeBackup } from './make-backup.ts';
import { publicKeyOf } from './public-key.ts';

/** The backups that a supervisor makes by itself, as the configuration that it serves now says. */
export function unattendedBackups(services: Services, config: () => EffectiveConfig): BackupSchedule {
  const { clock, log, random, paths } = services;
  return new BackupSchedule({
    clock,
    random,
    log,
    stateFile: backupStateFile(paths),
    plan: () => {
      const settings = config().config.backup;
      if (settings === undefined) return undefined;
      return {
        everyMs: settings.every,
        ...(settings.drill === undefined ? {} : { drillEveryMs: settings.drill.every }),
      };
    },
    make: (signal) => make(services, config(), signal),
    drill: (signal) => {
      const { backup } = config().config;
      return prove(
        services,
        { folder: config().folder, targets: backup?.targets ?? [], drill: backup?.drill },
        signal,
      );
    },
  });
}

async function make(
  services: Services,
  config: EffectiveConfig,
  signal: AbortSignal,
): Promise<MadeBackup | undefined> {
  const settings = config.config.backup;
  if (settings === undefined) return undefined;
  const http = new HttpClient({ clock: services.clock, environment: services.host.env });
  try {
    const targets = await openTargets(settings.targets, { folder: config.folder, http });
    const lock = { kind: 'recipients', recipients: settings.recipients } as const;
    return await backUp(services, { lock, targets, config, keep: keepOf(settings), signal });
  } catch (thrown) {
    // Before the first key there is nothing to lose.
    if (isEphemeryError(thrown, 'EPH-BACKUP-EMPTY')) return undefined;
    throw thrown;
  } finally {
    await http.close();
  }
}

interface DrillPlan {
  readonly folder: string;
  readonly targets: BackupConfig['targets'];
  readonly drill: BackupConfig['drill'];
}

/** Throws EPH-BACKUP-KEY-MISSING when the configuration has no drill any more. */
async function prove(services: Services, { folder, targets, drill }: DrillPlan, signal: AbortSignal) {
  if (drill === undefined) throw backupErrors.create('EPH-BACKUP-KEY-MISSING', {});
  const http = new HttpClient({ clock: services.clock, environment: services.host.env });
  try {
    const opened = await openTargets(targets, { folder, http });
    const identities = new Secret(await ownFile(resolve(folder, drill.identityFile)));
    const backup = await chooseBackup(services, { targets: opened, signal });
    try {
      return await drillBackup(services, {
        backup,
        key: { kind: 'identities', identities },
        publicKeyOf,
        signal,
      });
    } finally {
      await backup.end();
    }
  } finally {
    await http.close();
  }
}
