import type { UnitSpec } from '../../core/clients/units.ts';
import { identityName } from '../../core/network/identity.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import { chainLayers } from '../../core/node/desired.ts';
import type { InstalledProgram } from '../../runtimes/runtime.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { describeUnit } from '../node/unit-assembly.ts';
import { exportErrors } from './errors.ts';

/** A unit as it would be started now. */
export interface ExportedUnit {
  readonly node: string;
  readonly iteration: number;
  readonly program: InstalledProgram;
  readonly spec: UnitSpec;
}

/**
 * The execution and consensus units of a node on the iteration of the clock. Never a validator client: a file that
 * anybody can start does not know who else signs with its keys. Throws EPH-EXPORT-NO-RELEASE.
 */
export async function exportedUnits({ setup, environment }: AssembledNode): Promise<readonly ExportedUnit[]> {
  const iteration = iterationAt(setup.network, environment.clock.nowMs());
  const bundles = await environment.releases.held(iteration);
  const [bundle] = bundles;
  if (bundle === undefined)
    throw exportErrors.create('EPH-EXPORT-NO-RELEASE', { node: setup.name, iteration });
  const { identity } = bundle;
  const name = identityName(identity);
  const chains = await environment.store.chains();
  const folder = chains.findLast((chain) => identityName(chain.identity) === name)?.name ?? name;
  const around = { setup, env: environment, bundles };
  return Promise.all(
    chainLayers.map(async (layer) => {
      const client = setup[layer].definition.id;
      const unit = await describeUnit(around, { layer, folder, client, identity });
      return { node: setup.name, iteration, ...unit };
    }),
  );
}
