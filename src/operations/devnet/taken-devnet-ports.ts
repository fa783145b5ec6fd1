import { portHolder } from '../../base/port-holder.ts';
import type { PublishedPort } from '../../core/clients/units.ts';
import { devnetFindings } from '../../core/findings/devnet.ts';
import type { Finding } from '../../core/findings/finding.ts';
import type { ChainLayer } from '../../core/node/desired.ts';
import { publishedPorts, unitName } from '../../core/node/unit-spec.ts';
import type { Services } from '../services.ts';
import { devnetFolder, producerPaths } from './devnet-file.ts';
import type { DevnetSettings } from './devnet-settings.ts';
import { producerClients, producerName, producerPorts } from './producer-node.ts';

export type DevnetPortServices = Pick<Services, 'runtime' | 'paths' | 'clients'>;

export interface TakenDevnetPort {
  readonly network: string;
  readonly port: number;
  /** The port's name, as the network's settings have it. */
  readonly name: string;
  /** In words. */
  readonly holder: string;
}

/**
 * Ports of a local network that somebody else has. Its clients may run on when its service was killed, and a service that
 * runs has the releaser's: they have theirs by right.
 */
export async function takenDevnetPorts(
  services: DevnetPortServices,
  settings: DevnetSettings,
  isServed: boolean,
): Promise<readonly TakenDevnetPort[]> {
  const { name: network, ports } = settings;
  const releaser: PublishedPort = {
    name: 'releaser',
    protocol: 'tcp',
    port: ports.releaser,
    exposure: 'loopback',
  };
  const needed = [
    ...(isServed ? [] : [releaser]),
    ...(await portsToCome(services, settings, 'consensus')),
    ...(await portsToCome(services, settings, 'execution')),
  ];
  const taken: TakenDevnetPort[] = [];
  for (const wanted of needed) {
    const { name, port } = wanted;
    if (taken.some((other) => other.port === port)) continue;
    const holder = await portHolder(wanted);
    if (holder !== undefined) taken.push({ network, port, name, holder });
  }
  return taken;
}

/** The ports of a client of the network that does not run. */
async function portsToCome(
  { runtime, paths, clients }: DevnetPortServices,
  settings: DevnetSettings,
  layer: ChainLayer,
): Promise<readonly PublishedPort[]> {
  const at = await runtime('process', producerPaths(devnetFolder(paths.root, settings.name)));
  if ((await at.recover(unitName(producerName, layer))) !== undefined) return [];
  const definition = clients.find(({ id, layer: of }) => of === layer && id === producerClients[layer]);
  return definition === undefined ? [] : publishedPorts(definition, producerPorts(settings)[layer]);
}

export function takenPortFinding(taken: TakenDevnetPort): Finding {
  return devnetFindings.create('EPH-DEVNET-PORT-TAKEN', { ...taken }, { network: taken.network });
}
