import type { ClientDefinition } from '../../core/clients/client.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { networkOf } from '../validators/node-protection.ts';
import { clientUseErrors } from './errors.ts';

/**
 * What was signed by a client that cannot tell it, or for one that cannot be told it, would be forgotten. Without a store
 * of the network that the node is on, nothing was signed. Throws EPH-CLIENTS-NOT-CARRIED.
 */
export async function refuseUncarried(
  node: AssembledNode,
  { from, to }: { readonly from: ClientDefinition; readonly to: ClientDefinition },
): Promise<void> {
  const mute = [from, to].find(({ protection }) => protection === undefined);
  if (mute === undefined) return;
  const identity = await networkOf(node);
  const { stores, damaged } = await node.environment.store.protection();
  const isOfNow = (root: string) => root === identity?.genesisValidatorsRoot;
  if (damaged.length === 0 && !stores.some((store) => isOfNow(store.genesisValidatorsRoot))) return;
  throw clientUseErrors.create('EPH-CLIENTS-NOT-CARRIED', {
    node: node.setup.name,
    client: mute.displayName,
    from: from.displayName,
    to: to.displayName,
  });
}
