import { isEphemeryError } from '../base/errors.ts';
import { publicNetwork } from '../core/network/public-network.ts';
import type { DevnetAsked } from './devnet/devnet-file.ts';
import { refuseWhereNone } from './devnet/refuse-asked.ts';
import { type ConfigServices, type ConfigWish, effectiveConfig } from './effective-config.ts';
import { type FirstConfig, writeFirstConfig } from './init.ts';
import type { Services } from './services.ts';

/**
 * Writes a first configuration for the public network into the working directory, where `up` finds none and is not
 * told of another network. A root that serves a configuration already goes on with that. Throws EPH-DEVNET-NOT-MEANT.
 */
export async function writeConfigWhereNone(
  services: ConfigServices & Pick<Services, 'engineAnswers'>,
  wish: ConfigWish & { readonly devnet?: DevnetAsked },
): Promise<FirstConfig | undefined> {
  const isPublic = wish.network === undefined || wish.network === publicNetwork.name;
  if (wish.config !== undefined || !isPublic) return undefined;
  try {
    await effectiveConfig(services, { config: undefined });
    return undefined;
  } catch (thrown) {
    if (!isEphemeryError(thrown, 'EPH-CONFIG-NONE')) throw thrown;
  }
  refuseWhereNone('the configuration that would be written', wish.devnet ?? {});
  return writeFirstConfig(services, { network: publicNetwork.name, force: false, config: undefined });
}
