import { join } from 'node:path';
import { HttpClient } from '../../base/http.ts';
import type { Log } from '../../base/log.ts';
import { createBeaconHttp } from '../../chain/http/beacon.ts';
import { createExecutionHttp } from '../../chain/http/execution.ts';
import { createCatalogue } from '../../core/clients/catalogue.ts';
import type { Layer } from '../../core/clients/client.ts';
import { devnetFolder, producerPaths, readDevnetSettings } from '../../operations/devnet/devnet-file.ts';
import { type ProducerNode, producerClients } from '../../operations/devnet/producer-node.ts';
import { type DevnetParts, runDevnet } from '../../operations/devnet/run-devnet.ts';
import { fleetErrors } from '../../operations/fleet/errors.ts';
import { nodeReleases } from '../../operations/fleet/node-releases.ts';
import { NodeController } from '../../operations/node/node-controller.ts';
import type { ClientSetup, NodeSetup } from '../../operations/node/node-setup.ts';
import type { DevnetServiceRequest, Services } from '../../operations/services.ts';
import { openLayout, prepareRoot } from '../../storage/files/layout.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { takeLock } from '../../storage/files/root-lock.ts';
import type { RootPaths } from '../../storage/files/root-paths.ts';
import { openArtifacts } from './artifacts.ts';
import { noValidators } from './validators.ts';

/**
 * Runs a local network of this root until the signal, then stops its programs. Its node has a root of its
 * own, with its own lock. Throws EPH-FLEET-NO-DEVNET, EPH-ROOT-LOCKED, and what its parts throw.
 */
export async function runDevnetService(
  services: Services,
  request: DevnetServiceRequest,
  signal: AbortSignal,
): Promise<void> {
  const { name, log } = request;
  const folder = devnetFolder(services.paths.root, name);
  const settings = await readDevnetSettings(folder);
  if (settings === undefined) throw fleetErrors.create('EPH-FLEET-NO-DEVNET', { name });
  const paths = producerPaths(folder);
  await prepareRoot(paths);
  const lock = await takeLock(paths, 'devnet', services.clock.nowMs());
  const http = new HttpClient({ clock: services.clock, environment: services.host.env });
  try {
    await openLayout(paths);
    const around = { services: { ...services, paths, log }, request, http };
    const parts: DevnetParts = {
      clock: services.clock,
      log,
      openReleaser: (port) => openReleaser(services, { port, log }),
      runNode: (node, until) => runProducer(node, around, until),
    };
    request.onStart?.(settings);
    await runDevnet(settings, folder, { parts, signal });
  } finally {
    await http.close();
    await lock.release();
  }
}

async function openReleaser({ clock }: Services, { port, log }: { port: number; log: Log }) {
  const { startReleaser } = await import('../../releases/serve/releaser.ts');
  const releaser = await startReleaser({ port, clock, log });
  return {
    publish: async (tag: string, folder: string) => releaser.publish(tag, folder),
    close: () => releaser.close(),
  };
}

interface Surroundings {
  readonly services: Services & { readonly paths: RootPaths };
  readonly request: DevnetServiceRequest;
  readonly http: HttpClient;
}

/** Keeps the producing node until the signal, then brings it down. */
async function runProducer(node: ProducerNode, around: Surroundings, signal: AbortSignal): Promise<void> {
  const { services, request } = around;
  const { openReleaseLibrary } = await import('../../releases/store/open-library.ts');
  const { paths, clock, random, log } = services;
  const library = openReleaseLibrary({ definition: node.network, root: paths.releases, clock });
  const controller = new NodeController(await producerSetup(node, around), {
    clock,
    random,
    log: log.child({ node: node.name }),
    store: new FileNodeStore(paths, node.name, random),
    runtime: await services.runtime('process', paths),
    releases: nodeReleases(library),
    clockSkewMs: async ({ patience }) =>
      patience === undefined ? library.clockSkewMs() : library.measureClockMs(patience),
    beacon: (url) => createBeaconHttp({ url }),
    execution: (url) => createExecutionHttp({ url }),
    hooks: [],
    emit: request.emit,
    ...noValidators,
  });
  const life = new AbortController();
  try {
    const run = controller.run(life.signal);
    await Promise.race([run, aborted(signal)]);
    await controller.down();
    life.abort(signal.reason);
    await run;
  } finally {
    life.abort();
    await library.close();
  }
}

async function producerSetup(node: ProducerNode, { services, http }: Surroundings): Promise<NodeSetup> {
  const catalogue = createCatalogue(services.clients);
  const lockPath = join(services.paths.root, 'ephemery.lock');
  const artifacts = await openArtifacts(services, { lockPath, http });
  const setup = async (layer: Layer, id: string, more: Partial<ClientSetup>): Promise<ClientSetup> => {
    const definition = catalogue.get(layer, id);
    const program = await artifacts.obtain({ client: definition });
    return { definition, version: program.version, program, ports: {}, args: [], env: {}, ...more };
  };
  return {
    name: node.name,
    network: node.network,
    execution: await setup('execution', producerClients.execution, node.execution),
    consensus: await setup('consensus', producerClients.consensus, node.consensus),
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
