import { copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeySetOwner } from '../../core/keys/ownership.ts';
import { gvr8 } from '../../core/network/identity.ts';
import { KeyOwners } from '../../storage/files/key-owners.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';

/**
 * Who owns a set is a fact of this host, not of the backup: what is recorded here stays. Where the record is lost, the
 * backup's one comes back, but its keys may have signed since. So it vouches for no set of keys, and the guard waits
 * for two quiet epochs, however fresh the slashing protection beside it looks. So does a record whose slashing
 * protection is not here any more: what the backup has of that may be older than what was signed.
 */
export async function keepOwners(
  paths: Pick<RootPaths, 'keys' | 'nodes'>,
  stagedKeys: string,
  keySets: readonly string[],
): Promise<void> {
  const restored = new KeyOwners(stagedKeys);
  for (const keySet of keySets) {
    const isHere = await copyIfThere(
      join(paths.keys, keySet, ownerFile),
      join(stagedKeys, keySet, ownerFile),
    );
    const owner = await restored.read(keySet);
    if (owner?.signed === undefined || (isHere && (await isProtected(paths, owner)))) continue;
    await restored.write(keySet, { ...owner, signed: { ...owner.signed, keysFingerprint: 'restored' } });
  }
}

/** The owner still has a store of the network on which it signed last. */
async function isProtected(
  { nodes }: Pick<RootPaths, 'nodes'>,
  { node, signed }: KeySetOwner,
): Promise<boolean> {
  const folder = join(nodes, node, 'protection', gvr8(signed?.genesisValidatorsRoot ?? ''));
  return (await readdir(folder).catch(() => [])).length > 0;
}

const ownerFile = 'owner.json';

async function copyIfThere(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
}
