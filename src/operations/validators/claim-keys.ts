import { readdir } from 'node:fs/promises';
import { claimInstallation, openInstallation } from '../../storage/files/installation.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { prepareRoot } from '../../storage/files/layout.ts';
import { type BackupChoice, backUpBefore } from '../backup/backup-before.ts';
import { keyUseErrors } from '../keys/errors.ts';
import { type AfterBackup, withKeyLockAfterBackup } from '../keys/key-sets.ts';
import type { Services } from '../services.ts';
import { letGo } from './let-go.ts';
import { signersOf, withdrawKeys } from './withdraw-keys.ts';

export interface ClaimReport {
  readonly installation: string;
  /** Key sets that are nobody's now: the node of the configuration that has them waits for two quiet epochs. */
  readonly keySets: readonly string[];
}

/**
 * Takes key sets over for this installation, in a root that was copied or restored, or from an owner that is gone
 * for good. Nobody's last signature is known then: whoever signs next waits for two quiet epochs. Throws EPH-KEYS-NO-SET,
 * EPH-BACKUP-BEFORE and EPH-ROOT-LOCKED.
 */
export async function claimKeys(
  services: Services,
  keySet: string | undefined,
  backup: BackupChoice & Pick<AfterBackup<unknown>, 'onWait' | 'signal'>,
): Promise<ClaimReport> {
  const sets = await new KeyOwners(services.paths.keys, services.clock).keySets();
  if (keySet !== undefined && !sets.includes(keySet))
    throw keyUseErrors.create('EPH-KEYS-NO-SET', { name: keySet, sets });
  await prepareRoot(services.paths);
  return withKeyLockAfterBackup(services, 'keys claim', {
    act: () => claimLocked(services, keySet, backup),
    onWait: backup.onWait,
    signal: backup.signal,
  });
}

async function nodesIn({ paths }: Services): Promise<readonly string[]> {
  const entries = await readdir(paths.nodes, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function claimLocked(
  services: Services,
  keySet: string | undefined,
  backup: BackupChoice,
): Promise<ClaimReport> {
  const { paths, random, clock } = services;
  await backUpBefore(services, { ...backup, purpose: 'keys claim' });
  const binding = await openInstallation(paths, { random });
  const installation =
    binding.state === 'bound' ? binding.installation : await claimInstallation(paths, { random });
  const owners = new KeyOwners(paths.keys, clock);
  const keySets = keySet === undefined ? await owners.keySets() : [keySet];
  // Before: a kill must not leave them with somebody who is not the owner any more.
  for (const node of await nodesIn(services)) {
    if ((await signersOf(services, node)) !== 'running') await withdrawKeys(services, node);
  }
  for (const each of keySets) {
    // In the middle of a move: nobody would take back what that told the giver, whose other keys wait.
    const owner = await owners.read(each).catch(() => undefined);
    const giver = owner?.handedFrom ?? (owner?.movingTo === undefined ? undefined : owner.node);
    if (giver !== undefined) await letGo(services, giver);
    await owners.forget(each);
  }
  return { installation, keySets };
}
