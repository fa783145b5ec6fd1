import type { Clock } from '../../base/clock.ts';
import type { HttpClient } from '../../base/http.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { openCheckpointProvider } from '../../chain/http/checkpoint-provider.ts';
import { ownDatabase } from '../../config/own-database.ts';
import type { ClientConfig, Config, NodeConfig } from '../../config/schema.ts';
import type { ClientDefinition, Layer } from '../../core/clients/client.ts';
import type { KeyPlaces } from '../../core/clients/key-places.ts';
import { externalRuntime } from '../../core/external/external-runtime.ts';
import { type UnitLayer, unitLayers } from '../../core/node/desired.ts';
import { type NodePorts, portsOf } from '../../core/node/ports.ts';
import type { ReleaseLibrary } from '../../releases/release-library.ts';
import type { InstalledProgram, Runtime } from '../../runtimes/runtime.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import { CheckpointDesk } from '../checkpoint/checkpoint-desk.ts';
import { checkpointUrls } from '../checkpoint/provider-urls.ts';
import { defined } from '../node/defined.ts';
import { FindingShelf } from '../node/finding-shelf.ts';
import type { NodeEnvironment } from '../node/node-environment.ts';
import type { NodeEvent } from '../node/node-event.ts';
import type { ClientSetup, NodeSetup, SignerSetup } from '../node/node-setup.ts';
import type { CarryParts } from '../validators/carry-protection.ts';
import type { FormerPrograms } from '../validators/former-programs.ts';
import { fleetErrors } from './errors.ts';
import type { AssembledNode } from './fleet.ts';
import type { ChosenNetwork } from './network-choice.ts';
import { nodeHooks } from './node-hooks.ts';
import { allocateAll, type PortClaim, type PortSurroundings } from './node-ports.ts';
import { nodeReleases } from './node-releases.ts';
import { ProgramDesk } from './program-desk.ts';
import { refuseLoopback } from './refuse-loopback.ts';
import { refusePublished } from './refuse-published.ts';
import { refuseSharedKeys } from './refuse-shared-keys.ts';

/** A program that a node can be assembled with. */
export interface FoundProgram {
  readonly version: string;
  readonly program: InstalledProgram;
  /** For people, when it only stands for one that is not there: `Geth 1.17.6 (archive)`. */
  readonly missing?: string;
}

type ProgramFinder = (
  definition: ClientDefinition,
  config: ClientConfig,
  how: { readonly runtime: string; readonly signal?: AbortSignal },
) => Promise<FoundProgram>;

/** What nodes are assembled from; the composition root opens each. */
export interface FleetParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: HttpClient;
  /** Adds to the log of a node's hooks. */
  readonly noteHook: (node: string, text: string) => Promise<void>;
  readonly ports: PortSurroundings;
  readonly emit: (event: NodeEvent) => void;
  /** A client of the catalogue; the configuration was held against it when it was loaded. */
  client(id: string, layer: Layer): ClientDefinition;
  readonly keyPlaces: KeyPlaces;
  /** Brings a client's program, or its image, onto this host, pinned in the lock file. */
  program: ProgramFinder;
  /** The same, of what is on this host already; nobody is asked for it. */
  presentProgram: ProgramFinder;
  /** Ends tries to obtain programs. */
  readonly life: AbortSignal;
  /** The configuration's: relative paths count from here, and hooks run here. */
  readonly folder: string;
  /** The database of a signer, its file's path made absolute. */
  database(config: NonNullable<SignerSetup['database']>): NonNullable<SignerSetup['database']>;
  network(name: string): Promise<ChosenNetwork>;
  /** One library a network, shared by its nodes. */
  openLibrary(network: ChosenNetwork): Promise<ReleaseLibrary>;
  runtime(id: string): Promise<Runtime>;
  store(node: string): NodeStore;
  /** Which programs a node's validator clients were; only looked at where nothing may be written. */
  formerPrograms(node: string): Pick<FormerPrograms, 'read' | 'remember'>;
  readonly chain: Pick<NodeEnvironment, 'beacon' | 'execution'>;
  readonly validators: (
    parts: CarryParts,
  ) => Pick<NodeEnvironment, 'guard' | 'keymanager' | 'carryProtection' | 'exportProtection'>;
}

/** Makes every node of a configuration ready to be kept. Nothing is started and nothing stopped. */
export async function assembleNodes(config: Config, parts: FleetParts): Promise<readonly AssembledNode[]> {
  const ours = Object.keys(config.nodes).filter((name) => config.nodes[name]?.runtime !== externalRuntime);
  const stores = new Map(ours.map((name) => [name, parts.store(name)] as const));
  await refuseSharedKeys(config, [...stores.values()][0]);
  const ports = await allocateAll(
    [...stores].map(([node, store]) => ({ node, store, claims: claims(config.nodes[node], parts) })),
    parts.ports,
  );
  const assembled: AssembledNode[] = [];
  for (const [name, store] of stores) {
    const node = config.nodes[name];
    if (node === undefined) continue;
    const network = await parts.network(node.network);
    const facts = { name, node, network, config, store, ports: ports.get(name) ?? {} };
    refuseSimulated(facts, parts);
    assembled.push(await assembleNode(facts, parts));
  }
  return assembled;
}

/** With what is on this host; programs that are not are for the node's desk to obtain. */
async function assembleNode(facts: WholeFacts, parts: FleetParts): Promise<AssembledNode> {
  const missing: string[] = [];
  const setup = await nodeSetup({ ...facts, find: parts.presentProgram, missing }, parts);
  if (missing.length === 0) return complete(facts, setup, parts);
  const programs = new ProgramDesk<AssembledNode>({
    node: facts.name,
    what: missing.join(', '),
    ...parts,
    obtain: async (signal) => {
      const find: ProgramFinder = (definition, client, { runtime }) =>
        parts.program(definition, client, { runtime, signal });
      return complete(facts, await nodeSetup({ ...facts, find, missing: [] }, parts), parts);
    },
  });
  const environment = await nodeEnvironment({ ...facts, setup }, parts);
  return { setup, environment: { ...environment, programs }, programs };
}

async function complete(facts: WholeFacts, setup: NodeSetup, parts: FleetParts): Promise<AssembledNode> {
  await rememberProgram(facts.name, facts.node, parts);
  return { setup, environment: await nodeEnvironment({ ...facts, setup }, parts) };
}

function claims(node: NodeConfig | undefined, parts: FleetParts): PortClaim[] {
  if (node === undefined) return [];
  return unitLayers.flatMap((layer) => {
    const client = layer === 'database' ? ownDatabase(node) : node[layer];
    if (client === undefined) return [];
    return [{ layer, definition: parts.client(client.client, layer), configured: client.ports }];
  });
}

interface NodeFacts {
  readonly name: string;
  readonly node: NodeConfig;
  readonly network: ChosenNetwork;
  readonly config: Config;
}

interface WholeFacts extends NodeFacts {
  readonly store: NodeStore;
  readonly ports: NodePorts;
}

/** How programs are found, and where those that are not there are noted. */
interface Search {
  readonly find: ProgramFinder;
  readonly missing: string[];
}

/** A simulated consensus would lead an execution client of a real network along a made-up chain. */
function refuseSimulated({ name, node, network }: NodeFacts, parts: FleetParts): void {
  const definition = parts.client(node.consensus.client, 'consensus');
  if (definition.followsProducer !== true || network.followUrl !== undefined) return;
  const facts = { node: name, client: definition.displayName, network: node.network };
  throw fleetErrors.create('EPH-FLEET-SIMULATED-CLIENT', facts);
}

async function nodeSetup(facts: WholeFacts & Search, parts: FleetParts): Promise<NodeSetup> {
  const { name, node, network, ports, config } = facts;
  const setup = async (layer: UnitLayer, client: ClientConfig): Promise<ClientSetup> => {
    const definition = parts.client(client.client, layer);
    const { version, program, missing } = await facts.find(definition, client, { runtime: node.runtime });
    if (missing !== undefined) facts.missing.push(missing);
    const { args, env, limits, publish } = client;
    const given = { definition, version, program, ports: portsOf(layer, ports), args, env };
    return {
      ...given,
      ...defined({ limits, publish, missing: missing === undefined ? undefined : (true as const) }),
    };
  };
  const follows = parts.client(node.consensus.client, 'consensus').followsProducer === true;
  const followUrl = follows ? network.followUrl : undefined;
  const { externalAddress, validator, signer } = node;
  const { builderUrl } = node.consensus;
  const database = ownDatabase(node);
  const reached = defined({ externalAddress });
  const execution = { ...(await setup('execution', node.execution)), ...reached };
  const consensus = {
    ...(hosted('consensus', node.consensus, { host: execution, parts, ports }) ??
      (await setup('consensus', node.consensus))),
    ...reached,
    ...defined({ followUrl, builderUrl }),
  };
  const signing =
    validator &&
    (hosted('validator', validator, { host: consensus, parts, ports }) ??
      (await setup('validator', validator)));
  return {
    name,
    network: network.definition,
    execution,
    consensus,
    ...(validator === undefined || signing === undefined
      ? {}
      : { validator: { ...signing, ...validatorWishes(validator, config) } }),
    ...(signer === undefined
      ? {}
      : { signer: { ...(await setup('signer', signer)), ...foreignDatabase(signer.database, parts) } }),
    ...(database === undefined ? {} : { database: await setup('database', database) }),
    keepOldChains: config.retention.chains,
  };
}

/** A client without a program of its own is of its host's, and there when that is. */
function hosted(
  layer: 'consensus' | 'validator',
  { client, args, publish }: Pick<NodeConfig['consensus'], 'client' | 'args' | 'publish'>,
  {
    host: { version, program, missing },
    parts,
    ports,
  }: { readonly host: ClientSetup; readonly parts: FleetParts; readonly ports: NodePorts },
): ClientSetup | undefined {
  const definition = parts.client(client, layer);
  if (definition.hostedBy === undefined) return undefined;
  const given = { definition, version, program, ports: portsOf(layer, ports), args, env: {} };
  return { ...given, ...defined({ publish, missing }) };
}

function foreignDatabase(
  { url, credentialsFile }: NonNullable<NodeConfig['signer']>['database'],
  parts: FleetParts,
): Pick<SignerSetup, 'database'> {
  if (url === undefined || credentialsFile === undefined) return {};
  return { database: parts.database({ url, credentialsFile }) };
}

/** What of a validator's configuration is no matter of its program. */
function validatorWishes(validator: NonNullable<NodeConfig['validator']>, { keySets }: Config) {
  const { feeRecipient, graffiti, signerUrl } = validator;
  const told = validator.keySets.flatMap((set) => {
    const settings = defined({ gasLimit: keySets[set]?.gasLimit, graffiti: keySets[set]?.graffiti });
    return Object.keys(settings).length === 0 ? [] : [[set, settings] as const];
  });
  const own = validator.keySets.flatMap((set) => {
    const recipient = keySets[set]?.feeRecipient;
    return recipient === undefined ? [] : [[set, recipient] as const];
  });
  return {
    keySets: validator.keySets,
    ...defined({ feeRecipient, graffiti, signerUrl }),
    ...(told.length === 0 ? {} : { keySettings: Object.fromEntries(told) }),
    ...(own.length === 0 ? {} : { feeRecipients: Object.fromEntries(own) }),
  };
}

async function nodeEnvironment(
  { name, node, network, store, config, setup }: WholeFacts & { readonly setup: NodeSetup },
  parts: FleetParts,
): Promise<NodeEnvironment> {
  const { clock, random, emit, env, http, folder } = parts;
  const library = await parts.openLibrary(network);
  const log = parts.log.child({ node: name });
  const runtime = await parts.runtime(node.runtime);
  refuseLoopback({ setup, node, definition: network.definition }, runtime.addresses);
  refusePublished(setup, runtime.addresses);
  const validatorClient = async (id: string) =>
    setup.validator?.definition.id === id ? setup.validator : formerClient({ id, name, node }, parts);
  const consensusProgram = async (id: string) =>
    setup.consensus.definition.id === id ? setup.consensus.program : defaultProgram(id, node, parts);
  return {
    clock,
    random,
    emit,
    store,
    log,
    runtime,
    releases: nodeReleases(library),
    watched: new FindingShelf(),
    clockSkewMs: async ({ patience }) =>
      patience === undefined ? library.clockSkewMs() : library.measureClockMs(patience),
    checkpoints: new CheckpointDesk({
      node: name,
      clock,
      providers: checkpointUrls(node.checkpoint, network.definition).map((url) =>
        openCheckpointProvider(url, { http, clock }),
      ),
    }),
    keyPlaces: parts.keyPlaces,
    hooks: nodeHooks(name, config.hooks, { env, http, folder, clock, random, note: parts.noteHook }),
    ...parts.chain,
    ...parts.validators({ setup, env: { store, runtime, log, clock }, validatorClient, consensusProgram }),
  };
}

/** Before it can sign: its slashing protection may have to be read with it when the configuration names another. */
async function rememberProgram(name: string, { validator, runtime }: NodeConfig, parts: FleetParts) {
  if (validator === undefined) return;
  const { client, version, artifact } = validator;
  await parts.formerPrograms(name).remember({ runtime, client, ...defined({ version, artifact }) });
}

/** A consensus client's program for what its node does not run. */
async function defaultProgram(id: string, { runtime }: NodeConfig, parts: FleetParts) {
  const config = { client: id, ports: {}, args: [], env: {} };
  return (await parts.program(parts.client(id, 'consensus'), config, { runtime })).program;
}

/** A validator client that a node had before: only what it takes to read its slashing protection. */
async function formerClient(
  { id, name, node: { runtime } }: Pick<NodeFacts, 'name' | 'node'> & { readonly id: string },
  parts: FleetParts,
) {
  const definition = parts.client(id, 'validator');
  const former = await parts.formerPrograms(name).read(id);
  // A program of another runtime is of no use: a path of this host is not in an image.
  const { version, artifact } = former?.runtime === runtime ? former : {};
  const known = { client: id, ports: {}, args: [], env: {}, ...defined({ version, artifact }) };
  return { definition, ...(await parts.program(definition, known, { runtime })) };
}
