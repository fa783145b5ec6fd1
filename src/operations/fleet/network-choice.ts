import { resolve } from 'node:path';
import { isLocalNetwork } from '../../config/local-network.ts';
import type { NetworkConfig } from '../../config/schema.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { devnetFolder, readDevnetSettings } from '../devnet/devnet-file.ts';
import { devnetDefinition, producerApiUrl } from '../devnet/devnet-settings.ts';
import { fleetErrors } from './errors.ts';

/** A network that nodes of the configuration belong to. */
export interface ChosenNetwork {
  readonly definition: NetworkDefinition;
  /** Simulated networks: the Beacon API of the producer that followers follow. */
  readonly followUrl?: string;
}

export interface NetworkPlaces {
  readonly networks: Readonly<Record<string, NetworkConfig>>;
  /** Relative files of the configuration are relative to its folder. */
  readonly configFolder: string;
  readonly root: string;
}

/**
 * The definition of a network by the name that nodes give. Throws EPH-FLEET-NO-DEVNET when a local network has
 * not been made yet, EPH-FLEET-NO-NETWORK, EPH-NETWORK-DEFINITION-* and EPH-DEVNET-SETTINGS-UNREADABLE.
 */
export async function chooseNetwork(name: string, places: NetworkPlaces): Promise<ChosenNetwork> {
  const { networks, configFolder, root } = places;
  if (isLocalNetwork(name, networks)) {
    const settings = await readDevnetSettings(devnetFolder(root, name));
    if (settings === undefined) throw fleetErrors.create('EPH-FLEET-NO-DEVNET', { name });
    return { definition: devnetDefinition(settings), followUrl: producerApiUrl(settings) };
  }
  const { file, follow } = networks[name] ?? {};
  if (file !== undefined) {
    const { readDefinitionFile } = await import('../../releases/definition-file.ts');
    const definition = await readDefinitionFile(resolve(configFolder, file));
    return { definition: { ...definition, name }, ...(follow === undefined ? {} : { followUrl: follow }) };
  }
  if (name === publicNetwork.name) return { definition: publicNetwork };
  throw fleetErrors.create('EPH-FLEET-NO-NETWORK', { name });
}
