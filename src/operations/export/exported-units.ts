import { access } from 'node:fs/promises';
import type { TaskSpec, UnitSpec } from '../../core/clients/units.ts';
import { identityName } from '../../core/network/identity.ts';
import { iterationAt } from '../../core/network/schedule.ts';
import { chainLayers } from '../../core/node/desired.ts';
import type { InstalledProgram } from '../../runtimes/runtime.ts';
import type { AssembledNode } from '../fleet/fleet.ts';
import { defined } from '../node/defined.ts';
import { hostedIn, unitLayerOf } from '../node/node-setup.ts';
import { describeUnit } from '../node/unit-assembly.ts';
import { exportErrors } from './errors.ts';

/** A unit as it would be started now. */
export interface ExportedUnit {
  readonly node: string;
  readonly iteration: number;
  readonly program: InstalledProgram;
  /** The client that its program carries. */
  readonly inside?: string;
  readonly spec: UnitSpec;
  /** What has to have run before it, in this order. */
  readonly tasks: readonly TaskSpec[];
  /** Host paths that it needs and that `up` has not made yet. */
  readonly unmade: readonly string[];
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
    chainLayers
      .filter((layer) => unitLayerOf(setup, layer) === layer)
      .map(async (layer) => {
        const client = setup[layer].definition.id;
        const described = await describeUnit(around, { layer, folder, client, identity });
        const { ownFiles, ...unit } = described;
        const needed = [...unit.spec.mounts.map(({ hostPath }) => hostPath), ...ownFiles];
        const inside = hostedIn(setup, layer)?.definition.id;
        return {
          node: setup.name,
          iteration,
          ...unit,
          ...defined({ inside }),
          unmade: await missingOf(needed),
        };
      }),
  );
}

async function missingOf(paths: readonly string[]): Promise<readonly string[]> {
  const missing = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => [],
        () => [path],
      ),
    ),
  );
  return missing.flat();
}
