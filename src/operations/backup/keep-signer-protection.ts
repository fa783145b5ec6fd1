import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { type BehindProtection, signerStore } from '../../core/backup/manifest.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import { readJournal } from '../../core/node/journal-text.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { madeNodes } from '../fleet/made-nodes.ts';
import { startDatabase, stopDatabase } from '../node/database-unit.ts';
import { keepSigner } from '../node/keep-signer.ts';
import { supervisorControl } from '../open-control.ts';
import type { EffectiveConfig, Services } from '../services.ts';
import { newestIn } from '../validators/protection-here.ts';

type Around = Pick<Services, 'openFleet' | 'log' | 'paths' | 'clock'>;

/**
 * Has every signer's database of a configuration tell what it remembers, so that it is in the backup that is made next.
 * Of one that does not answer the backup has what was kept before, which is returned: keys are to be backed up all the same.
 */
export async function keepSignerProtection(
  services: Around,
  config: EffectiveConfig,
): Promise<readonly BehindProtection[]> {
  const { nodes } = config.config;
  const signing = Object.keys(nodes).filter((name) => nodes[name]?.signer !== undefined);
  if (signing.length === 0) return [];
  const made = await madeNodes(config, services.paths.root);
  const opened = await services.openFleet({ config: made, emit: () => undefined, readOnly: true });
  const behind: BehindProtection[] = [];
  try {
    for (const node of opened.nodes.filter(({ setup }) => signing.includes(setup.name)))
      await keepOf(services, node).catch(async (thrown: unknown) => {
        behind.push(await silentSigner(services, node.setup.name, messageOf(thrown)));
      });
  } finally {
    await opened.close();
  }
  return behind;
}

async function silentSigner({ paths, log }: Around, node: string, reason: string): Promise<BehindProtection> {
  log.warn('the protection of a signer is backed up as it was kept before', { node, reason });
  const asOfMs = await newestIn(join(paths.nodes, node, 'signer-protection')).catch(() => undefined);
  const known = asOfMs === undefined ? {} : { asOfMs: Math.floor(asOfMs) };
  return { node, store: signerStore, ...known, reason: reason.slice(0, 500) };
}

async function keepOf(services: Around, node: AssembledNode): Promise<void> {
  const { setup, environment: env } = node;
  const { signer } = setup;
  const bundle = await bundleOf(node);
  if (signer === undefined || bundle === undefined) return;
  const around = { setup, env, bundle };
  const isOurs = setup.database !== undefined;
  const runs = isOurs && (await env.runtime.recover(unitName(setup.name, 'database'))) !== undefined;
  // Of a node that somebody keeps, the database comes and goes with the signer.
  const isDown = isOurs && !runs && (await supervisorControl(services)) === undefined;
  if (isOurs && !runs && !isDown) throw new RangeError('its database does not run at this moment');
  if (isDown) await startDatabase(around);
  try {
    await keepSigner(around);
  } finally {
    if (isDown) await stopDatabase(around);
  }
}

async function bundleOf({ environment }: AssembledNode): Promise<ReleaseBundle | undefined> {
  const read = readJournal(await environment.store.readJournal());
  const identity = read.ok ? read.state.reset?.identity : undefined;
  if (identity === undefined) return undefined;
  const held = await environment.releases.held(identity.iteration);
  return held.find((each) => each.identity.genesisValidatorsRoot === identity.genesisValidatorsRoot);
}
