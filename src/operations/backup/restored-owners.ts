import { readdir } from 'node:fs/promises';
import { isEphemeryError } from '../../base/errors.ts';
import type { KeySetOwner } from '../../core/keys/ownership.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';
import { vouches } from '../validators/protection-here.ts';

/**
 * Who owns a set is a fact of this host, not of the backup: what is recorded here stays. Where the record is lost, the
 * backup's one comes back, but its keys may have signed since. So it vouches for no set of keys, and the guard waits
 * for two quiet epochs, however fresh the slashing protection beside it looks. So does every record here, of sets that
 * are not restored too, whose slashing protection is not here whole: what the backup has of that may be older than what
 * was signed. To be called before any of it is put into its place.
 */
export async function keepOwners(
  paths: RootPaths,
  stagedKeys: string,
  keySets: readonly string[],
): Promise<void> {
  const [here, restored] = [new KeyOwners(paths.keys), new KeyOwners(stagedKeys)];
  for (const keySet of keySets) {
    const recorded = await recordOf(here, keySet);
    if (recorded !== undefined) await restored.write(keySet, recorded);
    const owner = await restored.read(keySet);
    if (owner !== undefined && !(recorded !== undefined && (await isProtected(paths, owner))))
      await distrust(restored, keySet, owner);
  }
  for (const keySet of await setsIn(paths.keys)) {
    const owner = keySets.includes(keySet) ? undefined : await recordOf(here, keySet);
    if (owner !== undefined && !(await isProtected(paths, owner))) await distrust(here, keySet, owner);
  }
}

/** The keys are whose they were, and have to be quiet before they sign. */
async function distrust(owners: KeyOwners, keySet: string, owner: KeySetOwner): Promise<void> {
  const { signed } = owner;
  if (signed === undefined) return;
  await owners.write(keySet, { ...owner, signed: { ...signed, keysFingerprint: 'restored' } });
}

async function isProtected(paths: RootPaths, { node, signed }: KeySetOwner): Promise<boolean> {
  return signed === undefined || vouches(new FileNodeStore(paths, node), node, signed);
}

async function setsIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.startsWith('.'));
}

/** A record that is damaged says nothing: its keys cannot sign, and the backup's one is better. */
async function recordOf(owners: KeyOwners, keySet: string): Promise<KeySetOwner | undefined> {
  try {
    return await owners.read(keySet);
  } catch (thrown) {
    if (isEphemeryError(thrown, 'EPH-STORE-OWNER-INVALID')) return undefined;
    throw thrown;
  }
}
