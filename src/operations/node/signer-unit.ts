import { access, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ClientContext } from '../../core/clients/client.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import { sameIdentity } from '../../core/network/identity.ts';
import type { SignerStart } from '../../core/node/step.ts';
import { unitSpec } from '../../core/node/unit-spec.ts';
import { createNetworkProber } from '../../runtimes/network-prober.ts';
import { untilReady } from '../../runtimes/readiness.ts';
import type { UnitHandle } from '../../runtimes/runtime.ts';
import { readMigrations } from '../../signer/migration-files.ts';
import { prepareSchema } from '../../signer/prepare-schema.ts';
import { type DatabaseSurroundings, startDatabase } from './database-unit.ts';
import { defined } from './defined.ts';
import { nodeErrors } from './errors.ts';
import type { NodeEnvironment } from './node-environment.ts';
import type { NodeSetup, SignerSetup } from './node-setup.ts';
import { carryIn } from './signer-protection.ts';
import { signerView } from './signer-view.ts';
import { keysToPlace, tellFound } from './unit-assembly.ts';

/**
 * The signer of a node, ready to be started: its database up where that is ours, its schema brought to where its program
 * wants it and what is remembered elsewhere brought into it, the keys of the sets in their places, and the password in a
 * file that only it reads. Throws EPH-SIGNER-*, EPH-NODE-DATABASE-NOT-READY, EPH-NODE-TASK-FAILED.
 */
export async function signerToStart(
  around: Omit<DatabaseSurroundings, 'bundle'> & { readonly bundles: readonly ReleaseBundle[] },
  { schema, identity }: SignerStart,
) {
  const { setup, env } = around;
  const { signer } = setup;
  const bundle = around.bundles.find((held) => sameIdentity(held.identity, identity));
  if (signer === undefined || bundle === undefined)
    throw new RangeError(`${setup.name} has no signer to start`);
  const here = { setup, env, bundle };
  await env.runtime.prepare(signer.program);
  const database = await startDatabase(here);
  const migrations = await readMigrations(await migrationsFolder(here, signer));
  const applied = await prepareSchema({ ...database, schema, migrations });
  env.log.info('prepared the database of the signer', { schema, applied: applied.length });
  const seen = await signerView(here, { signer, schema, database });
  await carryIn(here, { signer, schema, database, seen });
  await placeKeys(here, { signer, context: seen.context, data: seen.data });
  return {
    program: signer.program,
    spec: unitSpec(signer.definition, seen.context, {
      ...seen.place,
      ...defined({ publish: signer.publish }),
    }),
  };
}

/** Beside the program, as its archive is packed; or copied out of its image, once for each image. */
async function migrationsFolder(
  { setup, env }: DatabaseSurroundings,
  { definition, program }: SignerSetup,
): Promise<string> {
  const [executable] = program.command;
  const { migrations } = definition;
  const facts = { node: setup.name, client: definition.displayName };
  if (migrations === undefined) throw nodeErrors.create('EPH-NODE-SIGNER-IN-IMAGE', facts);
  if (program.image !== undefined && env.runtime.copyFromImage !== undefined) {
    const digest = program.image.digest.replace('sha256:', '').slice(0, 16);
    const folder = join(await env.store.signerPath(), `migrations-${digest}`);
    const isThere = await access(folder).then(
      () => true,
      () => false,
    );
    if (!isThere) await env.runtime.copyFromImage(program, migrations.inImage, folder);
    return folder;
  }
  if (executable === undefined) throw nodeErrors.create('EPH-NODE-SIGNER-IN-IMAGE', facts);
  return join(dirname(await realpath(executable)), migrations.beside);
}

async function placeKeys(
  { setup, env }: DatabaseSurroundings,
  { signer, context, data }: { signer: SignerSetup; context: ClientContext; data: string },
): Promise<void> {
  const places = signer.definition.keyFiles;
  if (places === undefined) return;
  const files = places.files?.(context, await keysToPlace(setup, env)) ?? [];
  const found = await env.store.placeKeys(data, { places, keySets: setup.validator?.keySets ?? [], files });
  if (found !== undefined) tellFound(env, [found]);
}

/**
 * Starts a signer in a turn to start and waits until it answers, because some validator clients end when theirs does not.
 * Throws EPH-NODE-SIGNER-NOT-READY; it does not run then. Undefined where signing is stopped.
 */
export async function startSigner(
  {
    setup,
    env,
    inTurn = (launch) => env.store.startSigning(launch),
  }: {
    readonly setup: NodeSetup;
    readonly env: Pick<NodeEnvironment, 'runtime' | 'clock' | 'store'>;
    readonly inTurn?: (launch: () => Promise<UnitHandle>) => Promise<UnitHandle | undefined>;
  },
  { program, spec }: Awaited<ReturnType<typeof signerToStart>>,
): Promise<UnitHandle | undefined> {
  const { runtime, clock } = env;
  const handle = await inTurn(() => runtime.start(program, spec));
  if (handle === undefined) return undefined;
  const stillRuns = async () => (await runtime.inspect(handle)).state === 'running';
  const prober = createNetworkProber({ clock, fetch });
  const { outcome } = await untilReady(spec.readiness, { clock, prober, stillRuns });
  if (outcome === 'ready') return handle;
  await runtime.stop(handle, { signal: spec.stop.signal, deadlineMs: spec.stop.deadlineMs });
  throw nodeErrors.create('EPH-NODE-SIGNER-NOT-READY', { node: setup.name, outcome });
}
