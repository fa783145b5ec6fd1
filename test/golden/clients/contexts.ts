import type { ClientContext, ClientDefinition } from '../../../src/core/clients/client.ts';
import type { UnitLayer } from '../../../src/core/node/desired.ts';
import { unitName } from '../../../src/core/node/unit-spec.ts';

/** Where a client runs, as its context tells it. */
export interface Scene {
  readonly name: 'as a process' | 'in a container';
  readonly paths: (layer: ClientDefinition['layer']) => ClientContext['paths'];
  readonly keys: string;
  readonly listen: string;
  readonly neighbour: (layer: UnitLayer) => string;
}

const node = 'home';
const chain = '/root-dir/nodes/home/chains/160-0123abcd';

export const asProcess: Scene = {
  name: 'as a process',
  paths: (layer) => ({
    data:
      layer === 'validator' || layer === 'signer'
        ? `/root-dir/nodes/home/protection/89abcdef/${layer}-1`
        : layer === 'database'
          ? '/root-dir/nodes/home/signer-database'
          : `${chain}/${layer}`,
    bundle: '/root-dir/releases/ephemery/160-0123abcd',
    identity: '/root-dir/nodes/home/identity',
    ...secrets(
      layer,
      '/root-dir/nodes/home/secrets/jwt.hex',
      '/root-dir/nodes/home/secrets/keymanager-token',
    ),
  }),
  keys: '/root-dir/keys',
  listen: '127.0.0.1',
  neighbour: () => '127.0.0.1',
};

const inContainer: Scene = {
  name: 'in a container',
  paths: (layer) => ({
    data: '/ephemery/data',
    bundle: '/ephemery/bundle',
    identity: '/ephemery/identity',
    ...secrets(layer, '/ephemery/jwt', '/ephemery/keymanagerToken'),
  }),
  keys: '/ephemery',
  listen: '0.0.0.0',
  neighbour: (layer) => unitName(node, layer).replaceAll('.', '-'),
};

export const scenes = [asProcess, inContainer];

/** Chain clients see the engine's secret, validators and signers the keymanager's token. */
function secrets(layer: ClientDefinition['layer'], jwt: string, keymanagerToken: string) {
  if (layer === 'execution' || layer === 'consensus') return { jwt };
  if (layer !== 'database') return { jwt: '', keymanagerToken };
  const folder = jwt.slice(0, jwt.lastIndexOf('/'));
  return { jwt: '', password: `${folder}/password`, socket: `${folder}/socket` };
}

const firstPorts = {
  execution: 21_000,
  consensus: 21_010,
  validator: 21_020,
  signer: 21_030,
  database: 21_040,
};

function portsOf(definition: ClientDefinition): Readonly<Record<string, number>> {
  const first = firstPorts[definition.layer];
  return Object.fromEntries(definition.ports.map(({ name }, index) => [name, first + index]));
}

/** A client of a node on a network that nobody else is on, with as little as there can be. */
export function quietContext(definition: ClientDefinition, scene: Scene, beside: Beside = {}): ClientContext {
  const { layer } = definition;
  const engine = beside.execution === undefined ? 21_001 : portsOf(beside.execution).engine;
  const beaconUnit = beside.consensus?.hostedBy === undefined ? 'consensus' : 'execution';
  const api = beside.consensus === undefined ? 21_010 : portsOf(beside.consensus).api;
  return {
    node,
    version: definition.defaultVersion ?? 'own',
    identity: {
      iteration: 160,
      chainId: 39438160,
      genesisValidatorsRoot: `0x${'ab'.repeat(32)}`,
      executionGenesisHash: `0x${'cd'.repeat(32)}`,
      genesisTimeSeconds: 1780600200,
    },
    highestFork: 'fulu',
    enodes: [],
    bootstrapEnrs: [],
    paths: scene.paths(layer),
    ports: portsOf(definition),
    listenAddress: scene.listen,
    keySets: [],
    ...(layer === 'consensus' ? { engineUrl: `http://${scene.neighbour('execution')}:${engine}` } : {}),
    ...(layer === 'validator' ? { beaconUrl: `http://${scene.neighbour(beaconUnit)}:${api}` } : {}),
    ...(definition.needsFeeRecipient === true ? { feeRecipient } : {}),
    ...(definition.needsSigner === true ? { signerUrl } : {}),
    ...(layer === 'signer' ? { signerDatabase: signerDatabase(scene) } : {}),
    args: [],
    env: {},
  };
}

export interface Beside {
  readonly execution?: ClientDefinition;
  readonly consensus?: ClientDefinition;
}

const feeRecipient = `0x${'fe'.repeat(20)}`;
const signerUrl = 'http://signer.example:9000';

function signerDatabase(scene: Scene) {
  return {
    jdbcUrl: `jdbc:postgresql://${scene.neighbour('database')}:21040/postgres?currentSchema=eph_160_abababab`,
    username: 'signer',
    optionsFile: `${scene.keys}/signer-options.yaml`,
  };
}

/** The same with everything that a context can hold. */
export function busyContext(definition: ClientDefinition, scene: Scene, beside: Beside = {}): ClientContext {
  const { layer } = definition;
  return {
    ...quietContext(definition, scene, beside),
    enodes: [`enode://${'11'.repeat(64)}@192.0.2.1:30303`, `enode://${'22'.repeat(64)}@192.0.2.2:30303`],
    bootstrapEnrs: ['enr:-one', 'enr:-two'],
    externalAddress: '198.51.100.7',
    ...(layer === 'consensus' || layer === 'validator' ? { feeRecipient } : {}),
    ...(layer === 'validator' ? { graffiti: 'ephemery', signerUrl, asksBuilder: true as const } : {}),
    ...(layer === 'consensus'
      ? {
          checkpointUrl: 'https://checkpoint.example',
          builderUrl: 'http://127.0.0.1:18550',
          ...(definition.followsProducer === true ? { followUrl: 'http://127.0.0.1:9100' } : {}),
        }
      : {}),
    keySets:
      layer === 'validator'
        ? [{ name: 'main', keystores: `${scene.keys}/main/keystores`, secrets: `${scene.keys}/main/secrets` }]
        : [],
    args: ['--custom=1'],
    env: { CUSTOM: 'yes' },
  };
}

/** As on the public network, as somebody could start it there: nothing in it is made up but addresses. */
export function publicContext(
  definition: ClientDefinition,
  scene: Scene,
  beside: Beside = {},
): ClientContext {
  const { signerUrl: _, ...busy } = busyContext(definition, scene, beside);
  return { ...busy, ...(definition.needsSigner === true ? { signerUrl } : {}), args: [], env: {} };
}
