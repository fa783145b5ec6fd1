import { portInUse } from '../../base/port-holder.ts';
import { isLocalNetwork } from '../../config/local-network.ts';
import type { Config, NetworkConfig } from '../../config/schema.ts';
import {
  type DevnetAsked,
  devnetFolder,
  readDevnetSettings,
  requireSameSettings,
  writeDevnetSettings,
} from '../devnet/devnet-file.ts';
import { type DevnetPorts, type DevnetSettings, newDevnetSettings } from '../devnet/devnet-settings.ts';
import { devnetPorts, firstPort } from '../fleet/first-port.ts';
import type { Services } from '../services.ts';

/** Names of the local networks that nodes of the configuration belong to. */
export function devnetsOf(config: Config): readonly string[] {
  const names = Object.values(config.nodes).map(({ network }) => network);
  return [...new Set(names)].filter((name) => isLocalNetwork(name, config.networks));
}

/**
 * The settings of every local network of a configuration, made and written down where there are none yet.
 * Throws EPH-DEVNET-SETTINGS-DIFFER when one exists and something else is asked for.
 */
export async function makeDevnets(
  services: Services,
  config: Config,
  asked: DevnetAsked = {},
): Promise<readonly DevnetSettings[]> {
  const made: DevnetSettings[] = [];
  for (const name of devnetsOf(config)) {
    const taken = made.flatMap(({ ports }) => Object.values(ports));
    made.push(
      await makeDevnet(services, { name, taken, asked: { ...askedOf(config.networks[name]), ...asked } }),
    );
  }
  return made;
}

async function makeDevnet(
  services: Services,
  wish: { readonly name: string; readonly taken: readonly number[]; readonly asked: DevnetAsked },
): Promise<DevnetSettings> {
  const { name, asked } = wish;
  const folder = devnetFolder(services.paths.root, name);
  const existing = await readDevnetSettings(folder);
  if (existing !== undefined) {
    requireSameSettings(existing, asked);
    return existing;
  }
  const settings = newDevnetSettings({
    name,
    seed: Buffer.from(services.random.bytes(8)).toString('hex'),
    nowMs: services.clock.nowMs(),
    ports: await freePorts(firstPort(services.paths.root, devnetPorts), wish.taken),
    ...asked,
  });
  await writeDevnetSettings(folder, settings);
  return settings;
}

function askedOf(network: NetworkConfig | undefined): DevnetAsked {
  const { slotMs, periodMs, validators, seed } = network?.devnet ?? {};
  return {
    ...(slotMs === undefined ? {} : { slotSeconds: slotMs / 1_000 }),
    ...(periodMs === undefined ? {} : { periodSeconds: periodMs / 1_000 }),
    ...(validators === undefined ? {} : { validators }),
    ...(seed === undefined ? {} : { seed }),
  };
}

const portNames = ['releaser', 'api', 'rpc', 'engine', 'p2p'] as const;

/** The first ports that nobody has; the devnet keeps them for good. */
async function freePorts(first: number, taken: readonly number[]): Promise<DevnetPorts> {
  const found: number[] = [];
  for (let port = first; found.length < portNames.length; port += 1) {
    if (!taken.includes(port) && !(await portInUse(port))) found.push(port);
  }
  const [releaser = 0, api = 0, rpc = 0, engine = 0, p2p = 0] = found;
  return { releaser, api, rpc, engine, p2p };
}
