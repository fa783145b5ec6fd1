import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../../base/atomic-files.ts';
import { Secret } from '../../base/secret.ts';
import { postgresPlaces, postgresUser } from '../../core/clients/database/postgresql.ts';
import type { Mount } from '../../core/clients/units.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import { clientContext, taskSpecs, type UnitPlace, unitName, unitSpec } from '../../core/node/unit-spec.ts';
import { untilReady } from '../../runtimes/readiness.ts';
import { hostAddresses, type InstalledProgram } from '../../runtimes/runtime.ts';
import { type DatabaseAccess, databaseAnswers } from '../../signer/connect.ts';
import { readCredentials } from '../../signer/credentials.ts';
import type { SignerDatabasePlaces } from '../../storage/node-store.ts';
import { nodeErrors } from './errors.ts';
import type { NodeEnvironment } from './node-environment.ts';
import { type ClientSetup, type NodeSetup, needsHostNetwork, settingsOf, withHost } from './node-setup.ts';

export interface DatabaseSurroundings {
  readonly setup: NodeSetup;
  readonly env: Pick<NodeEnvironment, 'store' | 'runtime' | 'log' | 'clock'>;
  readonly bundle: ReleaseBundle;
}

/** The database of a signer, as we reach it and as the signer does. */
export interface SignerDatabaseAccess extends DatabaseAccess {
  readonly urlOfSigner: string;
  /** Where the signer's own beginnings on each schema are remembered. */
  readonly folder: string;
}

const readyDeadlineMs = 60_000;
const stopRequest = { signal: 'SIGINT', deadlineMs: 60_000 } as const;

export function onHostNetwork({ setup, env }: Pick<DatabaseSurroundings, 'setup' | 'env'>): boolean {
  return needsHostNetwork(setup, env.runtime.addresses);
}

/** Where the signer's protection is, whether that runs or not. Throws EPH-SIGNER-CREDENTIALS. */
export async function databaseAccess(
  around: Pick<DatabaseSurroundings, 'setup' | 'env'>,
): Promise<SignerDatabaseAccess> {
  const { setup, env } = around;
  const addresses = onHostNetwork(around) ? hostAddresses : env.runtime.addresses;
  const foreign = setup.signer?.database;
  if (foreign !== undefined) {
    const { url, credentialsFile } = foreign;
    const credentials = await readCredentials(credentialsFile);
    const urlOfSigner = withHost(url, addresses.host ?? '127.0.0.1');
    return { url, credentials, urlOfSigner, folder: await env.store.signerPath() };
  }
  const places = await env.store.signerDatabase();
  const port = setup.database?.ports.sql ?? 0;
  const password = new Secret((await readFile(places.password, 'utf8')).trim());
  const name = addresses.unit(unitName(setup.name, 'database'));
  return {
    url: `postgresql://127.0.0.1:${port}/postgres`,
    urlOfSigner: `postgresql://${name}:${port}/postgres`,
    credentials: { username: postgresUser, password },
    folder: places.data,
    // Where containers run in a machine of their own, its sockets are not this machine's.
    ...(env.runtime.addresses.host === undefined ? { socket: places.socket } : {}),
  };
}

/**
 * Has the node's own database run and answer. One that runs is left as it is. Throws EPH-NODE-DATABASE-NOT-READY,
 * EPH-NODE-TASK-FAILED and what the runtime throws.
 */
export async function startDatabase(around: DatabaseSurroundings): Promise<SignerDatabaseAccess> {
  const access = await databaseAccess(around);
  const { setup, env } = around;
  const { database } = setup;
  if (database === undefined) return access;
  const { runtime, clock } = env;
  await runtime.prepare(database.program);
  const { spec, tasks, places } = await describe(around, database);
  await makeCluster(around, { program: database.program, tasks, places });
  const handle = await runtime.start(database.program, spec);
  const stillRuns = async () => (await runtime.inspect(handle)).state === 'running';
  const probe = { kind: 'tcp', port: database.ports.sql ?? 0, deadlineMs: readyDeadlineMs } as const;
  const ready = await untilReady(probe, { clock, stillRuns, prober: () => databaseAnswers(access) });
  if (ready.outcome === 'ready') return access;
  await runtime.stop(handle, stopRequest);
  const reason = ready.outcome === 'ended' ? 'it ended' : ready.lastReason;
  throw nodeErrors.create('EPH-NODE-DATABASE-NOT-READY', { node: setup.name, reason });
}

/** Ends the node's own database, if it runs. Throws what the runtime throws. */
export async function stopDatabase({
  setup,
  env,
}: Pick<DatabaseSurroundings, 'setup' | 'env'>): Promise<void> {
  const handle = await env.runtime.recover(unitName(setup.name, 'database'));
  if (handle !== undefined) await env.runtime.stop(handle, stopRequest);
}

async function describe(around: DatabaseSurroundings, database: ClientSetup) {
  const { setup, env, bundle } = around;
  const { definition, limits } = database;
  const places = await env.store.signerDatabase();
  const mounts: readonly Mount[] = [
    { key: 'data', hostPath: places.data, writable: true },
    { key: 'socket', hostPath: places.socket, writable: true },
    { key: 'password', hostPath: places.password, writable: false },
  ];
  const onHost = onHostNetwork(around);
  const settings = settingsOf(setup, 'database', onHost ? hostAddresses : env.runtime.addresses);
  const context = clientContext({ node: setup.name, bundle, settings }, env.runtime.pathsFor(mounts));
  await env.store.placeFiles(places.data, definition.files?.(context) ?? [], bundle.directory);
  const place: UnitPlace = {
    name: unitName(setup.name, 'database'),
    mounts,
    refusesRoot: true,
    ...(limits === undefined ? {} : { limits }),
    ...(onHost ? { network: 'host' } : {}),
  };
  const spec = unitSpec(definition, context, place);
  return {
    spec: { ...spec, ports: published(around, database) },
    tasks: taskSpecs(definition, context, place),
    places,
  };
}

/** Where our process cannot use its socket, it is published on the loopback address. */
function published({ env }: DatabaseSurroundings, { ports }: ClientSetup) {
  const { sql } = ports;
  if (env.runtime.addresses.host === undefined || sql === undefined) return [];
  return [{ name: 'sql', protocol: 'tcp', port: sql, exposure: 'loopback' }] as const;
}

interface Making {
  readonly program: InstalledProgram;
  readonly tasks: ReturnType<typeof taskSpecs>;
  readonly places: SignerDatabasePlaces;
}

/** Made beside its place and moved there whole: what a kill left half made is made anew. */
async function makeCluster({ env }: DatabaseSurroundings, { program, tasks, places }: Making): Promise<void> {
  if (await env.store.holds(places.data, postgresPlaces.cluster)) return;
  const making = join(places.data, postgresPlaces.making);
  await rm(making, { recursive: true, force: true });
  for (const task of tasks) {
    const { exitCode, tail } = await env.runtime.run(program, task);
    if (exitCode !== 0) throw nodeErrors.create('EPH-NODE-TASK-FAILED', { task: task.name, exitCode, tail });
  }
  await rename(making, join(places.data, postgresPlaces.cluster));
  await syncFolder(places.data);
}
