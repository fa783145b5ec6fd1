import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { clients } from '../../src/app/registries/clients.ts';
import { createServices } from '../../src/app/services.ts';
import { openFleet } from '../../src/app/wiring/open-fleet.ts';
import { VirtualClock } from '../../src/base/virtual-clock.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { publicNetwork } from '../../src/core/network/public-network.ts';
import { releaseTag, scheduleOf } from '../../src/core/network/schedule.ts';
import type { OpenedFleet, Services } from '../../src/operations/services.ts';
import { removeRelease } from '../../src/releases/store/install-release.ts';
import { openReleaseLibrary } from '../../src/releases/store/open-library.ts';
import { FakeHost } from '../../src/runtimes/fake/fake-host.ts';
import { FakeRuntime } from '../../src/runtimes/fake/fake-runtime.ts';
import { writeReleaseFolder } from '../../test/support/pack-release.ts';
import { syntheticRelease } from '../../test/support/synthetic-release.ts';
/** How many nodes. */
export const nodes = 100;
/** The one whose release is held. */
export const iteration = 166;

/** Opens the fleet of a root in `folder`, anew each time it is called; the release is held from here on. */
export async function hundredNodes(folder: string): Promise<() => Promise<OpenedFleet>> {
  const published = join(folder, 'published');
  await writeReleaseFolder(
    join(published, releaseTag(publicNetwork, iteration)),
    syntheticRelease({ iteration }),
  );
  const clock = new VirtualClock(scheduleOf(publicNetwork, iteration).startSeconds * 1_000 + 86_400_000);
  const real = createServices({ home: join(folder, 'root'), json: true } as never);
  const host = new FakeHost({ clock });
  const services: Services = {
    ...real,
    clock,
    runtime: async () => new FakeRuntime({ host }),
    openLibrary: async (definition) => {
      const releaseSources = [{ kind: 'directory', path: published } as const];
      const root = real.paths.releases;
      return openReleaseLibrary({
        definition: { ...definition, releaseSources },
        root,
        clock,
        environment: {},
      });
    },
  };
  const { config } = parseConfig(mixedPairs(), 'ephemery.yaml');
  const request = { config: { id: 'bench', config, folder }, emit: () => undefined, readOnly: true };
  const fleet = await openFleet(services, request);
  await fleet.nodes[0]?.environment.releases.obtain(iteration, new AbortController().signal);
  await fleet.close();
  return () => openFleet(services, request);
}

/** What `plan` does with an open fleet. Throws unless every node has a plan. */
export async function planAll(opened: OpenedFleet): Promise<void> {
  const plans = await Promise.all([...opened.fleet.nodes.values()].map((node) => node.plan()));
  const planned = plans.filter(({ target, steps }) => target?.iteration === iteration && steps.length > 3);
  if (planned.length !== nodes) throw new Error(`${planned.length} of ${nodes} nodes have a plan`);
}

/** What `hundredNodes` left in its folder. */
export async function removeHundred(folder: string): Promise<void> {
  await removeRelease(join(folder, 'root', 'releases'));
  await rm(folder, { recursive: true, force: true });
}

/** Every execution client with every consensus client that follows real networks, round and round. */
function mixedPairs(): string {
  const of = (layer: string) =>
    clients.filter((client) => client.layer === layer && !['ethereumjs', 'mayfly'].includes(client.id));
  const pairs = of('execution').flatMap((execution) =>
    of('consensus').map((consensus) => ({ execution: execution.id, consensus: consensus.id })),
  );
  const lines = Array.from({ length: nodes }, (_, index) => {
    const { execution, consensus } = pairs[index % pairs.length] ?? {
      execution: 'geth',
      consensus: 'lighthouse',
    };
    return `  n${index}: { network: ephemery, runtime: container, execution: { client: ${execution} }, consensus: { client: ${consensus} } }\n`;
  });
  return `version: 1\nnodes:\n${lines.join('')}`;
}
