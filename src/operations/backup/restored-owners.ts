import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeyOwners } from '../../storage/files/key-owners.ts';

/**
 * Who owns a set is a fact of this host, not of the backup: what is recorded here stays. Where the record is lost, the
 * backup's one comes back, but its keys may have signed since. So it vouches for no set of keys, and the guard waits
 * for two quiet epochs, however fresh the slashing protection beside it looks.
 */
export async function keepOwners(
  keys: string,
  stagedKeys: string,
  keySets: readonly string[],
): Promise<void> {
  const restored = new KeyOwners(stagedKeys);
  for (const keySet of keySets) {
    const isHere = await copyIfThere(join(keys, keySet, ownerFile), join(stagedKeys, keySet, ownerFile));
    const owner = isHere ? undefined : await restored.read(keySet);
    if (owner?.signed === undefined) continue;
    await restored.write(keySet, { ...owner, signed: { ...owner.signed, keysFingerprint: 'restored' } });
  }
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
