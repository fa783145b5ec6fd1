import { resolve } from 'node:path';
import { isEphemeryError } from '../../base/errors.ts';
import type { Config } from '../../config/schema.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { type ConfigServices, effectiveConfig } from '../effective-config.ts';
import { type ChosenNetwork, chooseNetwork } from '../fleet/network-choice.ts';
import type { Services } from '../services.ts';
import { networkUseErrors } from './errors.ts';

/** What commands about networks act through. */
export type NetworkServices = ConfigServices & Pick<Services, 'clock' | 'openLibrary'>;

/** Which network a command is about, as it was given. */
export interface NetworkWish {
  /** A name, or the file of a definition. The network of the configuration's nodes when absent. */
  readonly network?: string | undefined;
  /** --config */
  readonly config?: string | undefined;
}

/**
 * The network that is meant: built in, a local one of this root, declared in the configuration, or a
 * definition's file. Without a word and without a configuration it is the public one. Throws
 * EPH-NETWORK-SEVERAL and what `chooseNetwork` and `effectiveConfig` throw.
 */
export async function knownNetwork(services: ConfigServices, wish: NetworkWish): Promise<ChosenNetwork> {
  if (wish.network !== undefined && isFile(wish.network)) {
    const { readDefinitionFile } = await import('../../releases/definition-file.ts');
    return { definition: await readDefinitionFile(resolve(services.host.workingDirectory, wish.network)) };
  }
  const { root } = services.paths;
  const found = await configIfAny(services, wish.config);
  const networks = found?.config.networks ?? {};
  const name = wish.network ?? networkOfNodes(found?.config);
  return chooseNetwork(name, { networks, configFolder: found?.folder ?? root, root });
}

/**
 * The name of the network that is meant where it is a local one that a node belongs to and that was never made: it
 * begins with the first `up`. Undefined for every other. Throws as `knownNetwork`, but for EPH-FLEET-NO-DEVNET.
 */
export async function unmadeNetwork(
  services: ConfigServices,
  wish: NetworkWish,
): Promise<string | undefined> {
  try {
    await knownNetwork(services, wish);
    return undefined;
  } catch (thrown) {
    if (!isEphemeryError(thrown, 'EPH-FLEET-NO-DEVNET')) throw thrown;
    const { name } = thrown.facts;
    const nodes = (await configIfAny(services, wish.config))?.config.nodes ?? {};
    if (Object.values(nodes).some(({ network }) => network === name)) return String(name);
    throw thrown;
  }
}

/** Names have neither dots nor slashes. */
function isFile(given: string): boolean {
  return /[/\\.]/.test(given);
}

async function configIfAny(services: ConfigServices, config: string | undefined) {
  try {
    return await effectiveConfig(services, { config });
  } catch (thrown) {
    if (isEphemeryError(thrown, 'EPH-CONFIG-NONE')) return undefined;
    throw thrown;
  }
}

function networkOfNodes(config: Config | undefined): string {
  const networks = [...new Set(Object.values(config?.nodes ?? {}).map(({ network }) => network))];
  if (networks.length > 1) throw networkUseErrors.create('EPH-NETWORK-SEVERAL', { networks });
  return networks[0] ?? publicNetwork.name;
}
