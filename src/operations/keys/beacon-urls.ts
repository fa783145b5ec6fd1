import { isEphemeryError } from '../../base/errors.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { effectiveConfig } from '../effective-config.ts';
import { knownNetwork, type NetworkServices, type NetworkWish } from '../network/known-network.ts';

/** Beacon APIs of this root's own nodes on a network, then of the local network's own; none when there is no node. */
export async function beaconUrls(services: NetworkServices, wish: NetworkWish): Promise<readonly string[]> {
  const { definition, followUrl } = await knownNetwork(services, wish);
  const own = await ownNodes(services, { config: wish.config, network: definition.name });
  const ports = await Promise.all(own.map((node) => new FileNodeStore(services.paths, node).readPorts()));
  const urls = ports.flatMap((each) =>
    each?.['consensus.api'] === undefined ? [] : [`http://127.0.0.1:${each['consensus.api']}`],
  );
  return followUrl === undefined ? urls : [...urls, followUrl];
}

async function ownNodes(
  services: NetworkServices,
  { config, network }: { readonly config?: string | undefined; readonly network: string },
): Promise<readonly string[]> {
  try {
    const found = await effectiveConfig(services, { config });
    return Object.entries(found.config.nodes).flatMap(([name, node]) =>
      node.network === network ? [name] : [],
    );
  } catch (thrown) {
    if (isEphemeryError(thrown, 'EPH-CONFIG-NONE')) return [];
    throw thrown;
  }
}
