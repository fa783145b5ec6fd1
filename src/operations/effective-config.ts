import { dirname } from 'node:path';
import { isEphemeryError } from '../base/errors.ts';
import { checkAgainstCatalogue, type Offer } from '../config/catalogue-check.ts';
import { configErrors } from '../config/errors.ts';
import { findConfig, loadConfig, usualPlaces } from '../config/load.ts';
import { parseConfig } from '../config/parse.ts';
import { starterChoices, starterConfig } from '../config/starter.ts';
import { boundConfig } from '../storage/files/config-binding.ts';
import type { EffectiveConfig, Services } from './services.ts';

/** What finding and checking a configuration takes. */
export type ConfigServices = Pick<Services, 'clients' | 'host' | 'paths' | 'refusedClients' | 'runtimeIds'>;

export interface ConfigWish {
  /** --config */
  readonly config?: string | undefined;
  /** --network: the built-in configuration with one node on it. */
  readonly network?: string | undefined;
}

/** What this program can run on this host. */
export function offerOf({ clients, refusedClients, runtimeIds, host }: ConfigServices): Offer {
  const platform = `${host.platform}-${process.arch}`;
  return { clients, refused: refusedClients, runtimes: runtimeIds, platform };
}

const builtIn = 'built-in:';

/**
 * Finds, reads and checks the configuration: --config, ./ephemery.yaml, the one in the root, the one that the
 * root serves, the built-in one. Throws EPH-CONFIG-*.
 */
export async function effectiveConfig(services: ConfigServices, wish: ConfigWish): Promise<EffectiveConfig> {
  const found = await locate(services, wish);
  const loaded = found.file === undefined ? builtInConfig(found.id) : await loadConfig(found.file);
  checkAgainstCatalogue(loaded, offerOf(services));
  const { config } = loaded;
  if (found.file === undefined) return { id: found.id, config, folder: services.paths.root };
  return { id: found.id, config, folder: dirname(found.file), file: found.file };
}

/** The same, or nothing where there is none at all and none was named: keys need no configuration. Throws EPH-CONFIG-*. */
export async function configOrNone(
  services: ConfigServices,
  config: string | undefined,
): Promise<EffectiveConfig | undefined> {
  try {
    return await effectiveConfig(services, { config });
  } catch (thrown) {
    if (config === undefined && isEphemeryError(thrown, 'EPH-CONFIG-NONE')) return undefined;
    throw thrown;
  }
}

async function locate(
  services: ConfigServices,
  { config, network }: ConfigWish,
): Promise<{ readonly id: string; readonly file?: string }> {
  const { paths, host } = services;
  const places = { given: config, workingDirectory: host.workingDirectory, root: paths.root };
  const file = await findConfig(places);
  if (file !== undefined) {
    if (network === undefined) return { id: file, file };
    throw configErrors.create('EPH-CONFIG-HERE', { file, network });
  }
  const bound = await boundConfig(paths);
  if (network !== undefined) return { id: `${builtIn}${network}` };
  if (bound === undefined) throw configErrors.create('EPH-CONFIG-NONE', { looked: usualPlaces(places) });
  return bound.startsWith(builtIn) ? { id: bound } : { id: bound, file: bound };
}

function builtInConfig(id: string) {
  const network = id.slice(builtIn.length);
  return parseConfig(
    starterConfig(starterChoices(network, 'process')),
    `the built-in configuration for ${network}`,
  );
}
