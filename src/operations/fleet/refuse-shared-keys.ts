import type { Config } from '../../config/schema.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import { fleetErrors } from './errors.ts';

/**
 * One key, one set: two sets of a configuration that share a key would have it signed with by two nodes. Sets that
 * cannot be read yet are looked at again before anything signs. Throws EPH-FLEET-KEY-IN-TWO-SETS.
 */
export async function refuseSharedKeys(
  { keySets }: Pick<Config, 'keySets'>,
  store: Pick<NodeStore, 'publicKeys'> | undefined,
): Promise<void> {
  const holders = new Map<PublicKey, string>();
  for (const keySet of Object.keys(keySets)) {
    for (const key of (await store?.publicKeys([keySet]).catch(() => [])) ?? []) {
      const before = holders.get(key);
      if (before !== undefined)
        throw fleetErrors.create('EPH-FLEET-KEY-IN-TWO-SETS', { key, keySets: [before, keySet] });
      holders.set(key, keySet);
    }
  }
}
