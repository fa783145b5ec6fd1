import { claimInstallation, openInstallation } from '../../storage/files/installation.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { prepareRoot } from '../../storage/files/layout.ts';
import { type BackupChoice, backUpBefore } from '../backup/backup-before.ts';
import type { Services } from '../services.ts';

export interface ClaimReport {
  readonly installation: string;
  /** Key sets that are nobody's now: the node of the configuration that has them waits for two quiet epochs. */
  readonly keySets: readonly string[];
}

/**
 * Takes key sets over for this installation, in a root that was copied or restored, or from an owner that is gone
 * for good. Nobody's last signature is known then: whoever signs next waits for two quiet epochs. Throws EPH-BACKUP-BEFORE.
 */
export async function claimKeys(
  services: Services,
  keySet: string | undefined,
  backup: BackupChoice,
): Promise<ClaimReport> {
  const { paths, random } = services;
  await prepareRoot(paths);
  await backUpBefore(services, { ...backup, purpose: 'keys claim' });
  const binding = await openInstallation(paths, { random });
  const installation =
    binding.state === 'bound' ? binding.installation : await claimInstallation(paths, { random });
  const owners = new KeyOwners(paths.keys);
  const keySets = keySet === undefined ? await owners.keySets() : [keySet];
  for (const each of keySets) await owners.forget(each);
  return { installation, keySets };
}
