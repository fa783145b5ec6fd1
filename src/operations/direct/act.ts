import { readdir } from 'node:fs/promises';
import { isEphemeryError } from '../../base/errors.ts';
import { boundConfig } from '../../storage/files/config-binding.ts';
import { openLayout, prepareRoot } from '../../storage/files/layout.ts';
import { takeLock } from '../../storage/files/root-lock.ts';
import type { DoneReport } from '../control/reports.ts';
import { madeNodes } from '../fleet/made-nodes.ts';
import type { NodeController } from '../node/node-controller.ts';
import type { EffectiveConfig, OpenedFleet, Services } from '../services.ts';
import { stopDevnet } from '../supervisor/devnet-units.ts';
import { devnetsOf } from '../supervisor/make-devnets.ts';
import { stopOrphans } from '../supervisor/orphans.ts';

interface Action {
  /** What the lock says while it is done. */
  readonly purpose: string;
  readonly config: EffectiveConfig;
  readonly choose: (opened: OpenedFleet) => readonly (readonly [string, NodeController])[];
  readonly change: (controller: NodeController) => Promise<void>;
}

/** Does something to nodes while nobody keeps them, as the root's only user. Throws EPH-ROOT-LOCKED. */
export async function act(
  services: Services,
  { purpose, config, choose, change }: Action,
): Promise<DoneReport> {
  return asOnlyUser(services, purpose, async () => {
    const opened = await services.openFleet({ config, emit: () => undefined });
    try {
      const chosen = choose(opened);
      await Promise.all(chosen.map(([, controller]) => change(controller)));
      return { nodes: chosen.map(([name]) => name) };
    } finally {
      await opened.close();
    }
  });
}

/**
 * Stops everything that runs under a root without a supervisor. A configuration that cannot be used any more
 * does not keep programs up: they are then stopped by their names.
 */
export async function bringDown(
  services: Services,
  readConfig: () => Promise<EffectiveConfig>,
): Promise<readonly string[]> {
  if ((await boundConfig(services.paths)) === undefined) return [];
  return asOnlyUser(services, 'down', async () => {
    const config = await readConfig().catch(unusable);
    const names = config === undefined ? undefined : await nodesDown(services, config).catch(unusable);
    const runtimes = await Promise.all(services.runtimeIds.map((id) => services.runtime(id)));
    const configured = names ?? [];
    // Whatever of a node still runs in any runtime is to go.
    const root = { nodesFolder: services.paths.nodes, configured: new Map() };
    const orphans = (await stopOrphans(root, runtimes)).filter((name) => !configured.includes(name));
    if (names === undefined) await stopAllDevnets(services);
    return [...configured, ...orphans];
  });
}

/** A configuration, or the nodes assembled from it, that cannot be used any more. */
function unusable(thrown: unknown): undefined {
  if (!isEphemeryError(thrown)) throw thrown;
}

async function stopAllDevnets(services: Services): Promise<void> {
  const names = await readdir(services.paths.devnets).catch(() => []);
  for (const name of names) await stopDevnet(services, name);
}

async function nodesDown(services: Services, config: EffectiveConfig): Promise<readonly string[]> {
  const stopped = new Set<string>();
  const opened = await services.openFleet({
    config: await madeNodes(config, services.paths.root),
    emit: (event) => {
      if (event.type === 'step.done') stopped.add(event.node);
    },
  });
  try {
    await opened.fleet.down();
  } finally {
    await opened.close();
  }
  for (const name of devnetsOf(config.config)) await stopDevnet(services, name);
  return [...stopped];
}

/** Holds the root's lock meanwhile. */
export async function asOnlyUser<T>(services: Services, purpose: string, work: () => Promise<T>): Promise<T> {
  const { paths, clock } = services;
  await prepareRoot(paths);
  const lock = await takeLock(paths, purpose, clock.nowMs());
  try {
    await openLayout(paths);
    return await work();
  } finally {
    await lock.release();
  }
}
