import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SignerDatabase } from '../../core/clients/client.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import { sameIdentity } from '../../core/network/identity.ts';
import { jdbcUrl } from '../../core/node/signer-schema.ts';
import type { StepOf } from '../../core/node/step.ts';
import {
  clientContext,
  signerOptionsKey,
  unitMounts,
  unitName,
  unitSpec,
} from '../../core/node/unit-spec.ts';
import { createNetworkProber } from '../../runtimes/network-prober.ts';
import { untilReady } from '../../runtimes/readiness.ts';
import { hostAddresses, type UnitHandle } from '../../runtimes/runtime.ts';
import { readCredentials } from '../../signer/credentials.ts';
import { readMigrations } from '../../signer/migration-files.ts';
import { prepareSchema } from '../../signer/prepare-schema.ts';
import { nodeErrors } from './errors.ts';
import type { NodeEnvironment } from './node-environment.ts';
import { type NodeSetup, needsHostNetwork, type SignerSetup, settingsOf, withHost } from './node-setup.ts';
import { keysToPlace } from './unit-assembly.ts';

interface Around {
  readonly setup: NodeSetup;
  readonly env: Pick<NodeEnvironment, 'store' | 'runtime' | 'log'>;
  readonly bundles: readonly ReleaseBundle[];
}

/**
 * The signer of a node, ready to be started: its schema brought to where its program wants it, the keys of the sets in
 * their places, and the password in a file that only it reads. Throws EPH-SIGNER-*.
 */
export async function signerToStart(around: Around, { schema, identity }: StepOf<'start-signer'>) {
  const { setup, env, bundles } = around;
  const { signer } = setup;
  const bundle = bundles.find((held) => sameIdentity(held.identity, identity));
  if (signer === undefined || bundle === undefined)
    throw new RangeError(`${setup.name} has no signer to start`);
  const credentials = await readCredentials(signer.database.credentialsFile);
  const migrations = await readMigrations(await migrationsFolder(setup.name, signer));
  const { url } = signer.database;
  const applied = await prepareSchema({ url, credentials, schema, migrations });
  env.log.info('prepared the database of the signer', { schema, applied: applied.length });
  const { username, password } = credentials;
  const options = { 'eth2.slashing-protection-db-password': password.reveal() };
  const database = { username, jdbcUrl: jdbcUrl(asSeen(around, url), schema) };
  const optionsFile = await env.store.writeSecret('signer-options.yaml', `${JSON.stringify(options)}\n`);
  return { program: signer.program, spec: await describe(around, { signer, bundle, database, optionsFile }) };
}

/** Beside the program, as its archive is packed. */
async function migrationsFolder(node: string, { definition, program }: SignerSetup): Promise<string> {
  const [executable] = program.command;
  if (program.image !== undefined || executable === undefined || definition.migrations === undefined)
    throw nodeErrors.create('EPH-NODE-SIGNER-IN-IMAGE', { node, client: definition.displayName });
  return join(dirname(await realpath(executable)), definition.migrations);
}

function onHost({ setup, env }: Around): boolean {
  return needsHostNetwork(setup, env.runtime.addresses);
}

/** A database on this host's loopback, as the signer reaches it. */
function asSeen(around: Around, url: string): string {
  const addresses = onHost(around) ? hostAddresses : around.env.runtime.addresses;
  return withHost(url, addresses.host ?? '127.0.0.1');
}

interface Parts {
  readonly signer: SignerSetup;
  readonly bundle: ReleaseBundle;
  readonly database: Omit<SignerDatabase, 'optionsFile'>;
  readonly optionsFile: string;
}

async function describe(around: Around, { signer, bundle, database, optionsFile }: Parts) {
  const { setup, env } = around;
  const data = await env.store.signerPath();
  const mounts = unitMounts({
    data,
    bundle: bundle.directory,
    identity: await env.store.identityPath(),
    signerOptions: optionsFile,
  });
  const seen = env.runtime.pathsFor(mounts);
  const settings = settingsOf(setup, 'signer', onHost(around) ? hostAddresses : env.runtime.addresses);
  const context = {
    ...clientContext({ node: setup.name, bundle, settings }, seen),
    signerDatabase: { ...database, optionsFile: seen[signerOptionsKey] ?? optionsFile },
  };
  const places = signer.definition.keyFiles;
  if (places !== undefined) {
    const files = places.files?.(context, await keysToPlace(setup, env)) ?? [];
    await env.store.placeKeys(data, { places, keySets: setup.validator?.keySets ?? [], files });
  }
  const { limits } = signer;
  return unitSpec(signer.definition, context, {
    name: unitName(setup.name, 'signer'),
    mounts,
    ...(limits === undefined ? {} : { limits }),
    ...(onHost(around) ? { network: 'host' } : {}),
  });
}

/**
 * Starts a signer and waits until it answers, because some validator clients end when theirs does not. Throws
 * EPH-NODE-SIGNER-NOT-READY; it does not run then.
 */
export async function startSigner(
  { setup, env }: Pick<Around, 'setup'> & { readonly env: Pick<NodeEnvironment, 'runtime' | 'clock'> },
  { program, spec }: Awaited<ReturnType<typeof signerToStart>>,
): Promise<UnitHandle> {
  const { runtime, clock } = env;
  const handle = await runtime.start(program, spec);
  const stillRuns = async () => (await runtime.inspect(handle)).state === 'running';
  const prober = createNetworkProber({ clock, fetch });
  const { outcome } = await untilReady(spec.readiness, { clock, prober, stillRuns });
  if (outcome === 'ready') return handle;
  await runtime.stop(handle, { signal: spec.stop.signal, deadlineMs: spec.stop.deadlineMs });
  throw nodeErrors.create('EPH-NODE-SIGNER-NOT-READY', { node: setup.name, outcome });
}
