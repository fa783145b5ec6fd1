import { expect, it } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { parseConfig } from '../../config/parse.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import { rootPaths } from '../../storage/files/root-paths.ts';
import type { Services } from '../services.ts';
import { scheduledForks } from './scheduled-forks.ts';

const { config } = parseConfig(
  `version: 1
nodes:
  home: { network: ephemery, execution: { client: geth }, consensus: { client: teku } }
  away: { network: nowhere-made, execution: { client: geth }, consensus: { client: teku } }
networks: { nowhere-made: { devnet: {} } }
`,
  'ephemery.yaml',
);

/** A root that holds releases of these iterations, counted from the present one. */
function servicesWith(
  held: Readonly<Record<number, string>>,
): Pick<Services, 'clock' | 'openLibrary' | 'paths'> {
  const now = iterationAt(publicNetwork, systemClock.nowMs());
  const openLibrary = async () => ({
    held: async (iteration: number) => {
      const highestFork = held[iteration - now];
      return highestFork === undefined ? [] : [{ bundle: { highestFork } }];
    },
    close: async () => undefined,
  });
  return { clock: systemClock, openLibrary: openLibrary as never, paths: rootPaths('/no-root-of-anybody') };
}

it.each([
  ['the present release', { 0: 'fulu' }, 'fulu'],
  ['the next one, when it is here already', { 0: 'fulu', 1: 'gloas' }, 'gloas'],
  ['nobody, when none is here', { [-1]: 'electra' }, undefined],
])('the fork that a network asks for is told by %s', async (_, held, fork) => {
  const forks = await scheduledForks(servicesWith(held), { config, folder: '/no-folder' });
  expect([...forks]).toEqual(fork === undefined ? [] : [['ephemery', fork]]);
});
