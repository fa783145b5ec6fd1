import { type BackupLock, newIdentity } from '../../src/backup/lock.ts';
import { directoryTarget } from '../../src/backup/targets/directory-target.ts';
import { systemRandom } from '../../src/base/random.ts';
import { Secret } from '../../src/base/secret.ts';
import { chooseBackup } from '../../src/operations/backup/choose-backup.ts';
import { drillBackup } from '../../src/operations/backup/drill-backup.ts';
import { type MakeBackup, makeBackup } from '../../src/operations/backup/make-backup.ts';
import { publicKeyOf } from '../../src/operations/backup/public-key.ts';
import { type RestoreRequest, restoreBackup } from '../../src/operations/backup/restore-backup.ts';
import type { Services } from '../../src/operations/services.ts';
import { openLayout, prepareRoot } from '../../src/storage/files/layout.ts';
import { networkServices } from './network-services.ts';

/** A root of its own, and backups of it in a folder: the operations themselves, without a command around them. */
export async function backupHost(target?: string) {
  const parts = await networkServices(Date.parse('2026-11-28T12:00:00Z'));
  const { identity, recipient } = await newIdentity();
  const services = { ...parts, random: systemRandom } as unknown as Services;
  await prepareRoot(parts.paths);
  await openLayout(parts.paths);
  const lock: BackupLock = { kind: 'recipients', recipients: [recipient] };
  const key = { kind: 'identities', identities: new Secret(identity) } as const;
  const folder = target ?? `${parts.folder}/target`;
  const targets = [directoryTarget(folder)];
  const choose = (wanted?: string, from?: string) => chooseBackup(services, { wanted, from, targets });
  return {
    ...parts,
    services,
    target: folder,
    key,
    make: (more: Partial<MakeBackup> = {}) => makeBackup(services, { lock, targets, ...more }),
    choose,
    drill: async (wanted?: string) =>
      drillBackup(services, { backup: await choose(wanted), key, publicKeyOf }),
    restore: async (more: Partial<RestoreRequest> = {}, wanted?: string) =>
      restoreBackup(services, {
        backup: await choose(wanted),
        key,
        replace: false,
        before: { noBackup: true },
        decide: async () => true,
        publicKeyOf,
        ...more,
      }),
  };
}

export type BackupHost = Awaited<ReturnType<typeof backupHost>>;
