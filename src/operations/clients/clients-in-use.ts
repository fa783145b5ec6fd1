import type { ArtifactStatus } from '../../artifacts/artifact-status.ts';
import { type EphemeryError, isEphemeryError } from '../../base/errors.ts';
import type { Config } from '../../config/schema.ts';
import type { ClientDefinition } from '../../core/clients/client.ts';
import { firstVersionFor } from '../../core/clients/fork-support.ts';
import type { ForkName } from '../../core/network/forks.ts';
import type { ChainLayer, UnitLayer } from '../../core/node/desired.ts';
import { withKeeper } from '../artifacts/with-keeper.ts';
import { type ConfigWish, configOrNone } from '../effective-config.ts';
import { supervisorControl } from '../open-control.ts';
import type { Services } from '../services.ts';
import { scheduledForks } from './scheduled-forks.ts';

/** A client of a node, and which versions of it there are here. */
export interface ClientInUse {
  readonly node: string;
  readonly layer: UnitLayer;
  readonly client: string;
  /** The layer in whose program it runs, when it has none of its own: what is told of a program is of that one. */
  readonly inside?: ChainLayer;
  /** What ephemery.lock pins. */
  readonly pinned?: string;
  /** What the catalogue has, and `ephemery artifacts update` would take, where the configuration names no version. */
  readonly available?: string;
  /** The highest fork that the newest release here of its network schedules; absent without a release here. */
  readonly scheduledFork?: ForkName;
  /** The first version of the client that knows that fork; absent when none is known. */
  readonly minimum?: string;
  /** Whether the program that would run is here. */
  readonly installed: ArtifactStatus['installed'];
  /** What a living supervisor keeps; another one than the pinned until the node is started again. */
  readonly running?: string;
}

export interface ClientsInUse {
  readonly nodes: readonly ClientInUse[];
  /** Why nothing is known of the nodes. */
  readonly unusable?: { readonly code: string; readonly message: string; readonly remedy: string };
}

/**
 * The clients of the configuration's nodes. None without a configuration; none, and why, with one that cannot be used: the
 * catalogue is what mends that one. Looks only. Throws EPH-CONTROL-UNREACHABLE.
 */
export async function clientsInUse(
  services: Services,
  { config }: Pick<ConfigWish, 'config'>,
): Promise<ClientsInUse> {
  try {
    const found = await configOrNone(services, config);
    if (found === undefined) return { nodes: [] };
    const [running, forks] = await Promise.all([runningClients(services), scheduledForks(services, found)]);
    const nodes = await withKeeper(services, { config }, async ({ keeper, wishes }) => {
      const asked = wishes.map(async ({ node, layer, wish }): Promise<ClientInUse> => {
        // One that can be had nowhere does not hide the others.
        const [status] = await keeper.list([wish]).catch(none);
        const version = running.get(`${node}.${layer}`);
        return {
          node,
          layer,
          client: wish.client.id,
          ...(status?.isPinned === true && status.version !== undefined ? { pinned: status.version } : {}),
          ...catalogued(wish.client, forks.get(found.config.nodes[node]?.network ?? '')),
          installed: status?.installed ?? 'no',
          ...(version === undefined ? {} : { running: version }),
        };
      });
      return Promise.all(asked);
    });
    const facts = { clients: services.clients, config: found.config, running, forks };
    return { nodes: nodes.flatMap((entry) => [entry, ...hostedIn(entry, facts)]) };
  } catch (thrown) {
    if (!isHere(thrown)) throw thrown;
    const { code, message, remedy } = thrown;
    return { nodes: [], unusable: { code, message, remedy } };
  }
}

interface HostFacts {
  readonly clients: readonly ClientDefinition[];
  readonly config: Config;
  readonly running: ReadonlyMap<string, string>;
  readonly forks: ReadonlyMap<string, ForkName>;
}

/** Which layer's client may be inside the program of this one. */
const innerOf = { execution: 'consensus', consensus: 'validator' } as const;

/** The client inside the program of another. */
function hostedIn(
  { node, layer, pinned, installed }: ClientInUse,
  { clients, config, running, forks }: HostFacts,
): readonly ClientInUse[] {
  if (layer !== 'execution' && layer !== 'consensus') return [];
  const inner = innerOf[layer];
  const own = config.nodes[node];
  const inside = clients.find((one) => one.layer === inner && one.id === own?.[inner]?.client);
  if (own === undefined || inside?.hostedBy === undefined) return [];
  const version = running.get(`${node}.${inner}`);
  return [
    {
      node,
      layer: inner,
      client: inside.id,
      inside: layer,
      ...(pinned === undefined ? {} : { pinned }),
      ...catalogued(inside, forks.get(own.network)),
      installed,
      ...(version === undefined ? {} : { running: version }),
    },
  ];
}

function catalogued(
  client: ClientDefinition,
  scheduledFork: ForkName | undefined,
): Pick<ClientInUse, 'available' | 'scheduledFork' | 'minimum'> {
  const available = client.defaultVersion;
  const minimum = scheduledFork === undefined ? undefined : firstVersionFor(client, scheduledFork);
  return {
    ...(available === undefined ? {} : { available }),
    ...(scheduledFork === undefined ? {} : { scheduledFork }),
    ...(minimum === undefined ? {} : { minimum }),
  };
}

function none(thrown: unknown): readonly [] {
  if (isHere(thrown)) return [];
  throw thrown;
}

/** Of a supervisor that hangs nothing is hidden. */
function isHere(thrown: unknown): thrown is EphemeryError {
  return isEphemeryError(thrown) && thrown.code !== 'EPH-CONTROL-UNREACHABLE';
}

async function runningClients(services: Services): Promise<ReadonlyMap<string, string>> {
  const control = await supervisorControl(services);
  if (control === undefined) return new Map();
  const { nodes } = await control.status();
  return new Map(
    nodes.flatMap(({ name, clients }) =>
      clients.flatMap(({ layer, version, state }) =>
        state === 'running' ? [[`${name}.${layer}`, version] as const] : [],
      ),
    ),
  );
}
