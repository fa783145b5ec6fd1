import type { ClientContext, ClientDefinition, KeyToPlace } from '../../core/clients/client.ts';
import type { TaskSpec, UnitSpec } from '../../core/clients/units.ts';
import type { ReleaseBundle } from '../../core/network/bundle.ts';
import { type NetworkIdentity, sameIdentity } from '../../core/network/identity.ts';
import { clientFolder } from '../../core/node/chain-folders.ts';
import type { ChainLayer, NodeLayer } from '../../core/node/desired.ts';
import type { StepOf } from '../../core/node/step.ts';
import {
  clientContext,
  publishedPorts,
  taskSpecs,
  type UnitPaths,
  type UnitPlace,
  unitMounts,
  unitName,
  unitSpec,
} from '../../core/node/unit-spec.ts';
import { hostAddresses, type InstalledProgram } from '../../runtimes/runtime.ts';
import { defined } from './defined.ts';
import { nodeErrors } from './errors.ts';
import type { NodeEnvironment } from './node-environment.ts';
import {
  type ClientSetup,
  keymanagerTokenPath,
  layerInside,
  type NodeSetup,
  needsHostNetwork,
  settingsOf,
  withHost,
} from './node-setup.ts';

interface Surroundings {
  readonly setup: NodeSetup;
  readonly env: NodeEnvironment;
  readonly bundles: readonly ReleaseBundle[];
  /** Consensus clients on a new directory: the provider to begin with. */
  readonly checkpointUrl?: string;
}

function clientOf(setup: NodeSetup, layer: NodeLayer): ClientSetup {
  const client = setup[layer];
  if (client === undefined) throw new Error(`${setup.name} has no ${layer} client`);
  return client;
}

function bundleOf({ bundles }: Surroundings, identity: NetworkIdentity): ReleaseBundle {
  const bundle = bundles.find((held) => sameIdentity(held.identity, identity));
  if (bundle === undefined) throw new Error('a step that needs the release was planned without it');
  return bundle;
}

/** Prepares a client's directory on a new chain: identity files in, one-shot programs run, then made complete. */
export async function prepareClient(around: Surroundings, step: StepOf<'prepare'>): Promise<void> {
  const { setup, env } = around;
  const { layer, folder, client, identity } = step;
  const { definition, program } = clientOf(setup, layer);
  const place = { folder, client: clientFolder(layer, client) };
  const data = await env.store.beginClient(place, { identity, identityFiles: definition.identityFiles });
  const paths = { ...(await chainPaths(around, identity)), data };
  const { context, place: unit } = view(around, { layer, identity, paths });
  await placeFiles(around, { definition, context, paths });
  for (const task of taskSpecs(definition, context, unit)) {
    await env.runtime.prepare(program);
    const { exitCode, tail } = await env.runtime.run(program, task);
    if (exitCode !== 0) throw nodeErrors.create('EPH-NODE-TASK-FAILED', { task: task.name, exitCode, tail });
  }
  await env.store.finishClient(place);
}

interface UnitToDescribe {
  readonly layer: NodeLayer;
  readonly identity: NetworkIdentity;
  readonly folder: string;
  readonly client: string;
}

interface DescribedUnit {
  readonly program: InstalledProgram;
  readonly spec: UnitSpec;
}

/** The program and unit of a start step, with the files that it needs in their places. */
export async function unitToStart(around: Surroundings, step: StepOf<'start'>): Promise<DescribedUnit> {
  const { definition, context, paths, place, program, spec } = await assembled(around, step);
  await placeFiles(around, { definition, context, paths });
  if (step.layer === 'validator') {
    await withdrawKeys(around, step);
    await placeKeys(around, { definition, context, paths });
    await runDueTasks(around, { definition, context, paths, place });
  }
  return { program, spec };
}

/** The same, for those who only look: also its tasks, and the files of its own that it needs, as host paths. */
export async function describeUnit(
  around: Surroundings,
  unit: UnitToDescribe,
): Promise<DescribedUnit & { readonly tasks: readonly TaskSpec[]; readonly ownFiles: readonly string[] }> {
  const { definition, context, paths, place, program, spec } = await assembled(around, unit);
  const files = definition.files?.(context) ?? [];
  return {
    program,
    spec,
    tasks: taskSpecs(definition, context, place),
    ownFiles: files.map(({ path }) => `${paths.data}/${path}`),
  };
}

async function assembled(around: Surroundings, unit: UnitToDescribe) {
  const { layer, identity } = unit;
  const { definition, program, publish } = clientOf(around.setup, layer);
  const paths =
    layer === 'validator'
      ? await validatorPaths(around, unit)
      : {
          ...(await chainPaths(around, identity)),
          ...(await hostedPaths(around, layer)),
          data: chainData(around, { ...unit, layer }),
        };
  const { context: own, place } = view(around, { layer, identity, paths });
  const inside = hostedUnit(around, { ...unit, paths });
  const context = { ...own, ...defined({ hosted: inside?.args }) };
  const spec = unitSpec(definition, context, { ...place, ...defined({ publish }) });
  const ports = [...spec.ports, ...(inside?.ports ?? [])];
  return { definition, context, paths, place, program, spec: { ...spec, ports } };
}

/** What a client inside another's program adds to that one's unit; it sees what that one sees. */
function hostedUnit(
  around: Surroundings,
  { layer, identity, paths }: UnitToDescribe & { readonly paths: UnitPaths },
): { readonly args: readonly string[]; readonly ports: UnitSpec['ports'] } | undefined {
  const inner = layerInside(around.setup, layer);
  if (inner === undefined) return undefined;
  const { definition, ports, publish } = clientOf(around.setup, inner);
  const { context } = view(around, { layer: inner, identity, paths });
  const { args } = definition.program(context);
  return { args, ports: publishedPorts(definition, ports, publish) };
}

/** Files that a client needs besides the bundle's: at every start, because they follow from settings that may change. */
async function placeFiles(
  { env }: Surroundings,
  client: { definition: ClientDefinition; context: ClientContext; paths: UnitPaths },
): Promise<void> {
  const files = client.definition.files?.(client.context) ?? [];
  if (files.length > 0) await env.store.placeFiles(client.paths.data, files, client.paths.bundle);
}

/** A client that has its keys in places of its own starts with those of its sets, and with no others. */
async function placeKeys(
  { setup, env }: Surroundings,
  client: { definition: ClientDefinition; context: ClientContext; paths: UnitPaths },
): Promise<void> {
  const { definition, context, paths } = client;
  const places = definition.keyFiles;
  if (places === undefined || places.besideSets === true) return;
  const { keySets = [] } = setup.validator ?? {};
  const files = places.files?.(context, await keysToPlace(setup, env)) ?? [];
  const held = context.signerUrl === undefined ? keySets : [];
  const found = await env.store.placeKeys(paths.data, { places, keySets: held, files });
  if (found !== undefined) tellFound(env, [found]);
}

/** An earlier store's client may be started by hand, or by a backup that comes back: then it has no key to sign with. */
export async function withdrawKeys(
  { setup, env }: Pick<Surroundings, 'setup' | 'env'>,
  { folder }: { readonly folder: string },
): Promise<void> {
  const found = await env.store.withdrawKeys({
    places: env.keyPlaces,
    except: folder,
    // One that is no more in the configuration does not run.
    exceptSigner: setup.signer !== undefined,
  });
  tellFound(env, found);
}

/** Keys that nobody guards are told. */
export function tellFound({ log }: Pick<NodeEnvironment, 'log'>, folders: readonly string[]): void {
  for (const folder of folders)
    log.warn('keys that no key set has were put aside; `ephemery keys import` takes them in', { folder });
}

/** Every key of a node's sets. */
export async function keysToPlace(
  { validator }: NodeSetup,
  { store }: Pick<NodeEnvironment, 'store'>,
): Promise<readonly KeyToPlace[]> {
  const { keySets = [], feeRecipients = {} } = validator ?? {};
  const keys: KeyToPlace[] = [];
  for (const set of keySets) {
    const feeRecipient = feeRecipients[set];
    for (const key of await store.publicKeys([set]))
      keys.push({ key, ...(feeRecipient === undefined ? {} : { feeRecipient }) });
  }
  return keys;
}

/**
 * A validator client's one-shot programs: its store outlives many starts, so each is run only while what it
 * makes is not there. Throws EPH-NODE-TASK-FAILED.
 */
async function runDueTasks(
  { setup, env }: Surroundings,
  client: {
    readonly definition: ClientDefinition;
    readonly context: ClientContext;
    readonly paths: UnitPaths;
    readonly place: Parameters<typeof taskSpecs>[2];
  },
): Promise<void> {
  const { definition, context, paths, place } = client;
  const { program } = clientOf(setup, 'validator');
  const made = new Map<string, string | undefined>(
    definition.tasks(context).map(({ name, makes }) => [`${place.name}.${name}`, makes] as const),
  );
  for (const task of taskSpecs(definition, context, place)) {
    const makes = made.get(task.name);
    if (makes !== undefined && (await env.store.holds(paths.data, makes))) continue;
    await env.runtime.prepare(program);
    const { exitCode, tail } = await env.runtime.run(program, task);
    if (exitCode !== 0) throw nodeErrors.create('EPH-NODE-TASK-FAILED', { task: task.name, exitCode, tail });
  }
}

function chainData({ env }: Surroundings, at: { folder: string; client: string; layer: ChainLayer }): string {
  return env.store.clientPath({ folder: at.folder, client: clientFolder(at.layer, at.client) });
}

async function chainPaths(around: Surroundings, identity: NetworkIdentity): Promise<Omit<UnitPaths, 'data'>> {
  const { store } = around.env;
  const bundle = bundleOf(around, identity).directory;
  return { bundle, identity: await store.identityPath(), jwt: await store.jwtPath() };
}

/** What a program has to see for a client inside it. */
async function hostedPaths(
  { setup, env }: Surroundings,
  layer: ChainLayer,
): Promise<Pick<UnitPaths, 'keymanagerToken'>> {
  if (layerInside(setup, layer) !== 'validator') return {};
  return { keymanagerToken: await keymanagerTokenPath(setup, env.store) };
}

async function validatorPaths(around: Surroundings, step: UnitToDescribe): Promise<UnitPaths> {
  const { store } = around.env;
  const { genesisValidatorsRoot } = step.identity;
  const number = Number(step.folder.slice(step.folder.lastIndexOf('-') + 1));
  const sets = around.setup.validator?.keySets ?? [];
  return {
    data: store.protectionPath({ genesisValidatorsRoot, client: step.client, number }),
    bundle: bundleOf(around, step.identity).directory,
    identity: await store.identityPath(),
    keymanagerToken: await keymanagerTokenPath(around.setup, store),
    keySets: Object.fromEntries(sets.map((set) => [set, store.keySetPath(set)])),
  };
}

/** How a validator client's tasks see one of its stores, which need not be the one that it runs on. */
export async function validatorContext(
  around: Pick<Surroundings, 'setup'> & {
    readonly env: Pick<NodeEnvironment, 'store' | 'runtime'>;
    readonly bundle: ReleaseBundle;
  },
  given: { readonly client: Pick<ClientSetup, 'definition' | 'version' | 'program'>; readonly data: string },
): Promise<{ readonly context: ClientContext; readonly place: UnitPlace }> {
  const { env, bundle } = around;
  const keySets = around.setup.validator?.keySets ?? [];
  const configured = clientOf(around.setup, 'validator');
  const setup = { ...around.setup, validator: { ...configured, keySets, ...given.client } };
  const mounts = unitMounts({
    data: given.data,
    bundle: bundle.directory,
    identity: await env.store.identityPath(),
    keymanagerToken: await keymanagerTokenPath(setup, env.store),
    keySets: Object.fromEntries(keySets.map((set) => [set, env.store.keySetPath(set)])),
  });
  const { addresses } = env.runtime;
  const onHost = needsHostNetwork(setup, addresses);
  const settings = settingsOf(setup, 'validator', onHost ? hostAddresses : addresses);
  const context = clientContext({ node: setup.name, bundle, settings }, env.runtime.pathsFor(mounts));
  const files = given.client.definition.files?.(context) ?? [];
  if (files.length > 0) await env.store.placeFiles(given.data, files, bundle.directory);
  const name = unitName(setup.name, 'validator');
  return { context, place: { name, mounts, ...(onHost ? { network: 'host' } : {}) } };
}

/** What a client is told, and where its programs are put. */
function view(
  around: Surroundings,
  unit: { readonly layer: NodeLayer; readonly identity: NetworkIdentity; readonly paths: UnitPaths },
): { readonly context: ClientContext; readonly place: UnitPlace } {
  const { setup, env } = around;
  const { addresses } = env.runtime;
  const mounts = unitMounts(unit.paths);
  const { checkpointUrl } = around;
  const onHost = needsHostNetwork(setup, addresses);
  const settings = {
    ...settingsOf(setup, unit.layer, onHost ? hostAddresses : addresses),
    ...(checkpointUrl === undefined || unit.layer !== 'consensus'
      ? {}
      : { checkpointUrl: withHost(checkpointUrl, addresses.host ?? '127.0.0.1') }),
  };
  const bundle = bundleOf(around, unit.identity);
  const { limits } = clientOf(setup, unit.layer);
  return {
    context: clientContext({ node: setup.name, bundle, settings }, env.runtime.pathsFor(mounts)),
    place: {
      name: unitName(setup.name, unit.layer),
      mounts,
      ...(limits === undefined ? {} : { limits }),
      ...(onHost ? { network: 'host' } : {}),
    },
  };
}
