import { messageOf } from '../../base/errors.ts';
import { readJournal } from '../../core/node/journal-text.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { madeNodes } from '../fleet/made-nodes.ts';
import { defined } from '../node/defined.ts';
import { ToldKeeper } from '../node/told-keeper.ts';
import type { EffectiveConfig, Services } from '../services.ts';

/** A stop waits no longer for what is only convenient to have. */
const patienceMs = 10_000;

/**
 * Before validator clients are stopped: reads once more what their keys were told over the keymanager API, so that the
 * client after it, here or in another node, can be told the same. Fails nobody, and takes ten seconds at most.
 */
export async function lastLook(
  services: Services,
  config: () => Promise<EffectiveConfig>,
  nodes?: readonly string[],
): Promise<void> {
  const life = new AbortController();
  const over = services.clock.sleep(patienceMs, life.signal).catch(() => undefined);
  const look = lookAtAll(services, config, nodes).catch((thrown) => {
    services.log.warn('what the keys were told could not be read', { reason: messageOf(thrown) });
  });
  await Promise.race([look, over]);
  life.abort();
}

async function lookAtAll(
  services: Services,
  config: () => Promise<EffectiveConfig>,
  nodes: readonly string[] | undefined,
): Promise<void> {
  const opened = await services.openFleet({
    config: await madeNodes(await config(), services.paths.root),
    emit: () => undefined,
    readOnly: true,
  });
  try {
    const chosen = opened.nodes.filter(({ setup }) => nodes?.includes(setup.name) !== false);
    await Promise.all(chosen.map((node) => lookAt(services, node)));
  } finally {
    await opened.close();
  }
}

/** The node's own store only reads. What is written is what its supervisor would write, at one stroke. */
async function lookAt({ paths }: Services, { setup, environment }: AssembledNode): Promise<void> {
  const journal = readJournal(await environment.store.readJournal());
  if (!journal.ok) return;
  const { clock, log, keymanager } = environment;
  const around = { clock, log, store: new FileNodeStore(paths, setup.name), ...defined({ keymanager }) };
  await new ToldKeeper(setup, around).beforeStop(journal.state, 'stopped-by-hand');
}
