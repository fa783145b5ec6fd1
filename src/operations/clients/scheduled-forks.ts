import { isEphemeryError } from '../../base/errors.ts';
import type { ForkName } from '../../core/network/forks.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import { chooseNetwork } from '../fleet/network-choice.ts';
import type { EffectiveConfig, Services } from '../services.ts';

type ForkServices = Pick<Services, 'clock' | 'openLibrary' | 'paths'>;

/**
 * For each network of a configuration's nodes the highest fork that its newest release here schedules, whether that has come
 * already or not. Networks without a release here are absent: nobody is asked.
 */
export async function scheduledForks(
  services: ForkServices,
  { config, folder }: Pick<EffectiveConfig, 'config' | 'folder'>,
): Promise<ReadonlyMap<string, ForkName>> {
  const names = [...new Set(Object.values(config.nodes).map(({ network }) => network))];
  const places = { networks: config.networks, configFolder: folder, root: services.paths.root };
  const found = new Map<string, ForkName>();
  for (const name of names) {
    const fork = await forkOf(services, name, places).catch((thrown: unknown) => {
      if (isEphemeryError(thrown)) return undefined;
      throw thrown;
    });
    if (fork !== undefined) found.set(name, fork);
  }
  return found;
}

async function forkOf(
  services: ForkServices,
  name: string,
  places: Parameters<typeof chooseNetwork>[1],
): Promise<ForkName | undefined> {
  const { definition } = await chooseNetwork(name, places);
  const library = await services.openLibrary(definition);
  try {
    const now = iterationAt(definition, services.clock.nowMs());
    for (const iteration of [now + 1, now]) {
      const held = (await library.held(iteration)).at(-1);
      if (held !== undefined) return held.bundle.highestFork;
    }
    return undefined;
  } finally {
    await library.close();
  }
}
