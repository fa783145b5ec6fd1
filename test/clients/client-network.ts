import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { known } from '../../src/base/answer.ts';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { systemRandom } from '../../src/base/random.ts';
import { createBeaconHttp } from '../../src/chain/http/beacon.ts';
import { createExecutionHttp } from '../../src/chain/http/execution.ts';
import type { ClientDefinition } from '../../src/core/clients/client.ts';
import { mayfly } from '../../src/core/clients/consensus/mayfly.ts';
import { keyPlacesOf } from '../../src/core/clients/key-places.ts';
import type { NetworkDefinition } from '../../src/core/network/definition.ts';
import type { ForkName } from '../../src/core/network/forks.ts';
import {
  type DevnetSettings,
  devnetDefinition,
  newDevnetSettings,
  producerApiUrl,
} from '../../src/operations/devnet/devnet-settings.ts';
import type { ProducerNode } from '../../src/operations/devnet/producer-node.ts';
import { runDevnet } from '../../src/operations/devnet/run-devnet.ts';
import { nodeReleases } from '../../src/operations/fleet/node-releases.ts';
import { NodeController } from '../../src/operations/node/node-controller.ts';
import type { NodeEvent } from '../../src/operations/node/node-event.ts';
import type { ClientSetup, NodeSetup } from '../../src/operations/node/node-setup.ts';
import { startReleaser } from '../../src/releases/serve/releaser.ts';
import { openReleaseLibrary } from '../../src/releases/store/open-library.ts';
import { createProcessRuntime } from '../../src/runtimes/process/process-runtime.ts';
import { FileNodeStore } from '../../src/storage/files/node-store.ts';
import { rootPaths } from '../../src/storage/files/root-paths.ts';
import { freePort } from '../support/free-port.ts';

const mayflyProgram = fileURLToPath(new URL('../../dist/app/mayfly.js', import.meta.url));

/** A client of the catalogue and its program on this machine. */
export interface RealClient {
  readonly definition: ClientDefinition;
  readonly program: string;
  readonly version: string;
}

/** A network of our own, produced with a real execution client, and a node beside it that follows it. */
export interface ClientNetwork {
  readonly settings: DevnetSettings;
  readonly definition: NetworkDefinition;
  readonly events: readonly NodeEvent[];
  readonly node: NodeSetup;
  path(...parts: string[]): string;
  close(): Promise<void>;
}

/** Starts producer and node, each kept through resets by the same machine that keeps every node. */
export async function startClientNetwork(
  folder: string,
  client: RealClient,
  lastFork: ForkName,
): Promise<ClientNetwork> {
  const settings = await newSettings(lastFork);
  const life = new AbortController();
  const events: NodeEvent[] = [];
  const producer = runDevnet(settings, join(folder, 'network'), {
    signal: life.signal,
    parts: {
      clock: systemClock,
      log: silentLog,
      openReleaser: async (port) => {
        const releaser = await startReleaser({ port, clock: systemClock, log: silentLog });
        return { publish: async (tag, from) => releaser.publish(tag, from), close: () => releaser.close() };
      },
      runNode: async (node, signal) =>
        keep(join(folder, 'producer'), producerSetup(node, client), { signal, emit: () => undefined }),
    },
  });
  const node = await followerSetup(settings, client);
  const follower = keep(join(folder, 'root'), node, {
    signal: life.signal,
    emit: (event) => events.push(event),
  });
  return {
    settings,
    definition: node.network,
    events,
    node,
    path: (...parts) => join(folder, 'root', ...parts),
    close: async () => {
      life.abort();
      await Promise.all([producer, follower]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function newSettings(lastFork: ForkName): Promise<DevnetSettings> {
  const [releaser, api, rpc, engine, p2p] = await ports(5);
  return newDevnetSettings({
    name: 'clients',
    seed: 'real clients',
    nowMs: systemClock.nowMs(),
    ports: { releaser, api, rpc, engine, p2p } as DevnetSettings['ports'],
    validators: 64,
    slotSeconds: 1,
    periodSeconds: 60,
    lastFork,
  });
}

async function ports(count: number): Promise<readonly number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = await freePort();
    if (!found.includes(port)) found.push(port);
  }
  return found;
}

const ownMayfly = {
  definition: mayfly,
  version: 'own',
  program: { client: 'mayfly', version: 'own', command: [process.execPath, mayflyProgram] },
  env: {},
};

function executionSetup(client: RealClient, given: Readonly<Record<string, number>>): ClientSetup {
  const { definition, program, version } = client;
  return {
    definition,
    version,
    program: { client: definition.id, version, command: [program] },
    ports: given,
    args: [],
    env: {},
  };
}

function producerSetup(node: ProducerNode, client: RealClient): NodeSetup {
  const more = client.definition.ports.filter(({ name }) => node.execution.ports[name] === undefined);
  // Far from what is allocated by chance; each of these tests runs alone.
  const spare = Object.fromEntries(more.map(({ name }, index) => [name, 28_700 + index]));
  return {
    name: node.name,
    network: node.network,
    execution: executionSetup(client, { ...node.execution.ports, ...spare }),
    consensus: { ...ownMayfly, ...node.consensus },
  };
}

async function followerSetup(settings: DevnetSettings, client: RealClient): Promise<NodeSetup> {
  const names = client.definition.ports.map(({ name }) => name);
  const [api = 0, ...others] = await ports(names.length + 1);
  return {
    name: 'home',
    network: devnetDefinition(settings),
    execution: executionSetup(
      client,
      Object.fromEntries(names.map((name, index) => [name, others[index] ?? 0])),
    ),
    consensus: { ...ownMayfly, ports: { api }, args: [], followUrl: producerApiUrl(settings) },
  };
}

/** Keeps a node until the signal, then brings it down. */
async function keep(
  root: string,
  setup: NodeSetup,
  { signal, emit }: { signal: AbortSignal; emit: (event: NodeEvent) => void },
): Promise<void> {
  const paths = rootPaths(root);
  const library = openReleaseLibrary({
    definition: setup.network,
    root: paths.releases,
    clock: systemClock,
  });
  const controller = new NodeController(setup, {
    clock: systemClock,
    random: systemRandom,
    log: silentLog,
    store: new FileNodeStore(paths, setup.name, systemRandom),
    runtime: await createProcessRuntime({
      recordsFolder: join(root, 'run', 'units'),
      logsFolder: paths.logs,
      clock: systemClock,
      random: systemRandom,
      env: process.env,
      log: silentLog,
    }),
    releases: nodeReleases(library),
    clockSkewMs: async () => known(0),
    beacon: (url) => createBeaconHttp({ url }),
    execution: (url) => createExecutionHttp({ url }),
    guard: {
      quiet: async () => known(true),
      begins: async () => undefined,
      ended: async () => undefined,
      alarm: async () => undefined,
      admit: async () => known(true),
      admitted: async () => undefined,
      withoutSigner: async () => known([]),
      findings: () => [],
    },
    keyPlaces: keyPlacesOf([]),
    carryProtection: async () => undefined,
    exportProtection: () => Promise.reject(new TypeError('these nodes have no validator client')),
    hooks: [],
    emit,
  });
  const life = new AbortController();
  try {
    const run = controller.run(life.signal);
    await Promise.race([run, new Promise((resolve) => signal.addEventListener('abort', resolve))]);
    await controller.down();
    life.abort();
    await run;
  } finally {
    life.abort();
    await library.close();
  }
}
