import { messageOf } from '../../base/errors.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import { readJournal } from '../../core/node/journal-text.ts';
import { unitName } from '../../core/node/unit-spec.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { startDatabase, stopDatabase } from '../node/database-unit.ts';
import { keepSigner } from '../node/keep-signer.ts';
import { supervisorControl } from '../open-control.ts';
import type { EffectiveConfig, Services } from '../services.ts';

type Around = Pick<Services, 'openFleet' | 'log' | 'paths' | 'clock'>;

/**
 * Has every signer's database of a configuration tell what it remembers, so that it is in the backup that is made next.
 * Without a database that answers the backup has what was kept before, which is logged: keys are to be backed up all the same.
 */
export async function keepSignerProtection(services: Around, config: EffectiveConfig): Promise<void> {
  if (!Object.values(config.config.nodes).some(({ signer }) => signer !== undefined)) return;
  const opened = await services.openFleet({ config, emit: () => undefined, readOnly: true });
  try {
    for (const node of opened.nodes.filter(({ setup }) => setup.signer !== undefined))
      await keepOf(services, node).catch((thrown: unknown) => {
        services.log.warn('the protection of a signer is backed up as it was kept before', {
          node: node.setup.name,
          reason: messageOf(thrown),
        });
      });
  } finally {
    await opened.close();
  }
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
