import { createHash } from 'node:crypto';
import { isLoopbackUrl } from '../../base/loopback.ts';
import type { KeySettings } from '../../chain/keymanager.ts';
import type { ClientDefinition } from '../../core/clients/client.ts';
import type { ProgramLimits } from '../../core/clients/units.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import type {
  ChainLayer,
  DesiredClient,
  DesiredNode,
  NodeLayer,
  UnitLayer,
} from '../../core/node/desired.ts';
import { type ClientSettings, unitName } from '../../core/node/unit-spec.ts';
import type { InstalledProgram, RuntimeAddresses } from '../../runtimes/runtime.ts';
import type { NodeStore } from '../../storage/node-store.ts';
import { defined } from './defined.ts';

/** One client of a node as the configuration gives it, its program installed and its ports allocated. */
export interface ClientSetup {
  readonly definition: ClientDefinition;
  readonly version: string;
  readonly program: InstalledProgram;
  readonly ports: Readonly<Record<string, number>>;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly limits?: ProgramLimits;
  /** In containers: names of ports that every address of this host has, and not loopback alone. */
  readonly publish?: readonly string[];
  /** Its program is not on this host yet, and `program` stands for it. */
  readonly missing?: true;
  /** Consensus clients that follow a simulated network. */
  readonly followUrl?: string;
  /** Chain clients: the address under which peers reach this host. */
  readonly externalAddress?: string;
  /** Consensus clients: whom they ask for blocks besides their own execution client. */
  readonly builderUrl?: string;
}

export interface ValidatorSetup extends ClientSetup {
  readonly keySets: readonly string[];
  /** Who gets the fees of a proposal; a key set's own recipient, by its name, comes first. */
  readonly feeRecipient?: string;
  readonly feeRecipients?: Readonly<Record<string, string>>;
  readonly graffiti?: string;
  /** What the keys of a set are told over the keymanager API, by the set's name. */
  readonly keySettings?: Readonly<Record<string, KeySettings>>;
  /** A remote signer that holds the keys. */
  readonly signerUrl?: string;
}

export interface SignerSetup extends ClientSetup {
  /** Somebody else's; absent: the node's own. */
  readonly database?: {
    /** `postgresql://…`, as this host reaches it. */
    readonly url: string;
    readonly credentialsFile: string;
  };
}

/** A node as the configuration gives it. */
export interface NodeSetup {
  readonly name: string;
  readonly network: NetworkDefinition;
  readonly execution: ClientSetup;
  readonly consensus: ClientSetup;
  readonly validator?: ValidatorSetup;
  readonly signer?: SignerSetup;
  /** Where the signer keeps its slashing protection, when nobody else has that for it. */
  readonly database?: ClientSetup;
  /** 1 unless told. */
  readonly keepOldChains?: number;
  /** 1 GiB unless told. */
  readonly minimumFreeBytes?: number;
}

type Layers = Readonly<Partial<Record<UnitLayer, Pick<ClientSetup, 'definition'>>>>;

/** Whose program a client without one of its own runs in. */
function hostLayer({ hostedBy, layer }: ClientDefinition): ChainLayer | undefined {
  if (hostedBy === undefined) return undefined;
  return layer === 'validator' ? 'consensus' : 'execution';
}

/** The layer whose unit a layer's client runs in: its own, unless it has no program of its own. */
export function unitLayerOf<L extends UnitLayer>(setup: Layers, layer: L): L | ChainLayer {
  const definition = setup[layer]?.definition;
  return (definition && hostLayer(definition)) ?? layer;
}

/** The layer whose client runs inside a layer's program. */
export function layerInside(setup: NodeSetup, layer: UnitLayer): 'consensus' | 'validator' | undefined {
  return (['consensus', 'validator'] as const).find(
    (inner) => inner !== layer && unitLayerOf(setup, inner) === layer,
  );
}

/** The client that runs inside a layer's program. */
export function hostedIn(setup: NodeSetup, layer: UnitLayer): ClientSetup | undefined {
  const inner = layerInside(setup, layer);
  return inner === undefined ? undefined : setup[inner];
}

function urlOf(setup: ClientSetup, port: string): string {
  const number = setup.ports[port];
  if (number === undefined) throw new Error(`${setup.definition.id} was given no port "${port}"`);
  return `http://127.0.0.1:${number}`;
}

/** The Keymanager API of the node's validator client; undefined when that has none. */
export function keymanagerUrl({ validator }: NodeSetup): string | undefined {
  const port = validator?.definition.keymanager?.port;
  return validator === undefined || port === undefined ? undefined : urlOf(validator, port);
}

/** The file with its token, made where there is none. */
export function keymanagerTokenPath(
  { validator }: NodeSetup,
  store: Pick<NodeStore, 'keymanagerTokenPath'>,
): Promise<string> {
  return store.keymanagerTokenPath(validator?.definition.keymanager?.token === 'hex' ? 'hex' : 'ours');
}

/** JSON-RPC of the node's execution client; its definition declares the port `rpc`. */
export function executionUrl(setup: NodeSetup): string {
  return urlOf(setup.execution, 'rpc');
}

/** The Beacon API of the node's consensus client; its definition declares the port `api`. */
export function beaconUrl(setup: NodeSetup): string {
  return urlOf(setup.consensus, 'api');
}

/**
 * Whether a node's programs are to have this host's network: they follow a producer that listens on this host's
 * loopback, and could not reach it from a network of their own.
 */
export function needsHostNetwork({ consensus }: NodeSetup, addresses: RuntimeAddresses): boolean {
  const { followUrl } = consensus;
  return followUrl !== undefined && isLoopbackUrl(followUrl) && addresses.host === undefined;
}

function clientOf(setup: NodeSetup, layer: UnitLayer): ClientSetup {
  const client = setup[layer];
  if (client === undefined) throw new Error(`${setup.name} has no ${layer} client`);
  return client;
}

/** What a layer's client is told of its settings and its neighbours, addresses as it sees them. */
export function settingsOf(setup: NodeSetup, layer: UnitLayer, addresses: RuntimeAddresses): ClientSettings {
  const client = clientOf(setup, layer);
  const { version, ports, args, env, followUrl, externalAddress, builderUrl } = client;
  const onHost = (url: string) => withHost(url, addresses.host ?? '127.0.0.1');
  const neighbour = (url: string, of: NodeLayer) =>
    withHost(url, addresses.unit(unitName(setup.name, unitLayerOf(setup, of))));
  return {
    version,
    ports,
    args,
    env,
    listenAddress: addresses.listen,
    ...defined({ externalAddress }),
    ...(followUrl === undefined ? {} : { followUrl: onHost(followUrl) }),
    ...(builderUrl === undefined ? {} : { builderUrl: onHost(builderUrl) }),
    ...(layer === 'consensus' ? { engineUrl: neighbour(urlOf(setup.execution, 'engine'), 'execution') } : {}),
    ...(layer === 'validator' ? { beaconUrl: neighbour(beaconUrl(setup), 'consensus') } : {}),
    ...(layer === 'execution' || layer === 'signer' || layer === 'database'
      ? {}
      : defined({ feeRecipient: setup.validator?.feeRecipient })),
    ...(layer === 'validator' ? validatorSettings(setup.validator, onHost) : {}),
    ...(layer === 'validator' && asksBuilder(setup) ? { asksBuilder: true as const } : {}),
    ...(layer === 'validator' && setup.signer !== undefined
      ? { signerUrl: withHost(urlOf(setup.signer, 'api'), addresses.unit(unitName(setup.name, 'signer'))) }
      : {}),
  };
}

/** A validator client asks a builder only where its own beacon node has one. */
export function asksBuilder({ consensus }: NodeSetup): boolean {
  return consensus.builderUrl !== undefined;
}

function validatorSettings(validator: ValidatorSetup | undefined, onHost: (url: string) => string) {
  const { graffiti, feeRecipients, signerUrl } = validator ?? {};
  return defined({ graffiti, feeRecipients, signerUrl: signerUrl && onHost(signerUrl) });
}

/** A service of this host's loopback, under the name by which a program reaches it. Other addresses stay. */
export function withHost(url: string, host: string): string {
  const { protocol, port, pathname, search } = new URL(url);
  const path = pathname === '/' ? '' : pathname;
  return isLoopbackUrl(url) ? `${protocol}//${host}:${port}${path}${search}` : url;
}

/** Other programs that a client is started anew with, by their fingerprints. */
interface Beside {
  /** One that starts and ends with it. */
  readonly with?: string | undefined;
  /** The client inside it. */
  readonly hosted?: string | undefined;
}

/** Where neighbours are, whatever a runtime calls their hosts. */
const byName: RuntimeAddresses = { listen: '', unit: (name) => name };

/** All that it is told is what it is started anew for. A checkpoint is no part of that: it matters once, on an empty directory. */
function desiredClient(setup: NodeSetup, layer: UnitLayer, beside: Beside = {}): DesiredClient {
  const client = clientOf(setup, layer);
  const { definition, version, limits, publish } = client;
  const image = client.program.image?.digest;
  const { database } = client as Partial<SignerSetup>;
  const told = settingsOf(setup, layer, byName);
  const settings = JSON.stringify([
    definition.id,
    told,
    defined({ limits, publish, image, database, ...beside }),
  ]);
  return {
    client: definition.id,
    version,
    fingerprint: createHash('sha256').update(settings).digest('hex').slice(0, 12),
    reaches: definition.highestFork(version),
    stop: definition.stop,
    ...defined({ missing: client.missing }),
    ...defined({ host: hostLayer(definition) }),
  };
}

/** A signer with other settings is another signer: its validator client starts anew with it. */
function desiredValidator(validator: ValidatorSetup, setup: NodeSetup) {
  const { signer: own, database } = setup;
  const kept = database && desiredClient(setup, 'database').fingerprint;
  const signer = own && desiredClient(setup, 'signer', { with: kept });
  return {
    ...desiredClient(setup, 'validator', { with: signer?.fingerprint }),
    ...defined({ missing: validator.missing ?? own?.missing ?? database?.missing }),
    ...desiredKeys(validator),
    ...(signer === undefined ? {} : { signer }),
  };
}

function desiredKeys({ definition, keySets, keySettings = {}, feeRecipients = {} }: ValidatorSetup) {
  if (definition.keymanager === undefined) return { keySets };
  const told = JSON.stringify([keySettings, feeRecipients]);
  const { answersFromGenesis } = definition.keymanager;
  const hash = createHash('sha256').update(told).digest('hex').slice(0, 12);
  return { keySets, keySettings: hash, ...defined({ answersFromGenesis }) };
}

const gibibyte = 2 ** 30;

const desiredOf = new WeakMap<NodeSetup, DesiredNode>();

/** What the planner is told of a setup. */
export function desiredNode(setup: NodeSetup, ask: { intent: 'up' | 'down'; force: boolean }): DesiredNode {
  const desired = desiredOf.get(setup) ?? desiredFrom(setup);
  desiredOf.set(setup, desired);
  return { ...desired, ...ask };
}

function desiredFrom(setup: NodeSetup): DesiredNode {
  const { name, network, validator } = setup;
  const hosted = (layer: ChainLayer) => {
    const inner = layerInside(setup, layer);
    return { hosted: inner && desiredClient(setup, inner).fingerprint };
  };
  return {
    name,
    intent: 'up',
    force: false,
    network,
    execution: desiredClient(setup, 'execution', hosted('execution')),
    consensus: desiredClient(setup, 'consensus', hosted('consensus')),
    ...(validator === undefined ? {} : { validator: desiredValidator(validator, setup) }),
    keepOldChains: setup.keepOldChains ?? 1,
    minimumFreeBytes: setup.minimumFreeBytes ?? gibibyte,
  };
}
