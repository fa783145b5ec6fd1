import { resolve } from 'node:path';
import type { ArtifactStore } from '../../artifacts/artifact.ts';
import { isEphemeryError } from '../../base/errors.ts';
import type { FetchListener } from '../../base/fetches.ts';
import { HttpClient } from '../../base/http.ts';
import { portInUse } from '../../base/port-holder.ts';
import { oneLook } from '../../base/socket-table.ts';
import { createBeaconHttp } from '../../chain/http/beacon.ts';
import { createExecutionHttp } from '../../chain/http/execution.ts';
import { isLocalNetwork } from '../../config/local-network.ts';
import { createCatalogue } from '../../core/clients/catalogue.ts';
import { keyPlacesOf } from '../../core/clients/key-places.ts';
import { clientWish } from '../../operations/artifacts/wishes.ts';
import { devnetFolder, readDevnetSettings } from '../../operations/devnet/devnet-file.ts';
import { assembleExternals } from '../../operations/external/assemble-externals.ts';
import { assembleNodes, type FleetParts } from '../../operations/fleet/assemble.ts';
import { firstPort, nodePorts } from '../../operations/fleet/first-port.ts';
import { Fleet } from '../../operations/fleet/fleet.ts';
import { chooseNetwork } from '../../operations/fleet/network-choice.ts';
import { hookLogName } from '../../operations/report/hook-logs.ts';
import type { FleetRequest, OpenedFleet, Services } from '../../operations/services.ts';
import { FormerPrograms } from '../../operations/validators/former-programs.ts';
import type { ReleaseLibrary } from '../../releases/release-library.ts';
import { LogFiles } from '../../runtimes/process/log-files.ts';
import { defaultLogLimits } from '../../runtimes/process/process-runtime.ts';
import type { InstalledProgram } from '../../runtimes/runtime.ts';
import { FileNodeStore } from '../../storage/files/node-store.ts';
import { ReadOnlyNodeStore } from '../../storage/files/read-only-node-store.ts';
import { lockPathOf, openArtifacts } from './artifacts.ts';
import { guardValidators } from './validators.ts';

type Library = ReleaseLibrary & { close(): Promise<void> };

/** Assembles the nodes of a configuration with everything that they act through. */
export async function openFleet(
  services: Services,
  request: FleetRequest & { readonly onFetch?: FetchListener },
): Promise<OpenedFleet> {
  const { clock, log, host } = services;
  const http = new HttpClient({ clock, environment: host.env });
  const libraries = new Map<string, Library>();
  const life = new AbortController();
  const close = async () => {
    life.abort();
    await http.close();
    await Promise.all([...libraries.values()].map((library) => library.close()));
  };
  try {
    const parts = await fleetParts({ services, request, http, libraries, life: life.signal });
    const nodes = await assembleNodes(request.config.config, parts);
    const externals = await assembleExternals(request.config.config, parts);
    const releases = { libraries, keep: request.config.config.retention.releases };
    const fleet = new Fleet({ nodes, externals, clock, log, releases });
    return {
      fleet,
      get nodes() {
        return fleet.assembled;
      },
      externals,
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

interface Opening {
  readonly services: Services;
  readonly request: FleetRequest & { readonly onFetch?: FetchListener };
  readonly http: HttpClient;
  readonly libraries: Map<string, Library>;
  readonly life: AbortSignal;
}

async function fleetParts({ services, request, http, libraries, life }: Opening): Promise<FleetParts> {
  const { clock, random, log, host, paths, clients } = services;
  const { config, folder } = request.config;
  const catalogue = createCatalogue(clients);
  const readOnly = request.readOnly === true;
  const lockPath = lockPathOf(folder);
  const { onFetch } = request;
  const sockets = oneLook();
  const logs = new LogFiles(paths.logs, defaultLogLimits);
  const artifacts = await openArtifacts(services, {
    lockPath,
    http,
    readOnly,
    ...(onFetch === undefined ? {} : { onFetch }),
  });
  return {
    clock,
    random,
    log,
    env: host.env,
    http,
    noteHook: (node, text) => logs.append(hookLogName(node), text),
    emit: request.emit,
    ports: {
      first: firstPort(paths.root, nodePorts),
      inUse: (port) => portInUse(port, sockets),
      reserved: await portsOfDevnets(request, services),
    },
    client: (id, layer) => catalogue.get(layer, id),
    keyPlaces: keyPlacesOf(clients),
    ...programFinders(artifacts, { folder, readOnly }),
    life,
    folder,
    database: ({ url, credentialsFile }) => ({ url, credentialsFile: resolve(folder, credentialsFile) }),
    network: (name) =>
      chooseNetwork(name, { networks: config.networks, configFolder: folder, root: paths.root }),
    openLibrary: async ({ definition }) => {
      const library = libraries.get(definition.name) ?? (await services.openLibrary(definition));
      libraries.set(definition.name, library);
      return library;
    },
    runtime: (id) => services.runtime(id),
    formerPrograms: (node) => {
      const former = new FormerPrograms(paths, node);
      return readOnly ? { read: (client) => former.read(client), remember: async () => undefined } : former;
    },
    store: (node) => new (readOnly ? ReadOnlyNodeStore : FileNodeStore)(paths, node, random),
    chain: {
      beacon: (url) => createBeaconHttp({ url }),
      execution: (url) => createExecutionHttp({ url }),
    },
    validators: guardValidators(services, http),
  };
}

function programFinders(
  artifacts: ArtifactStore,
  { folder, readOnly }: { readonly folder: string; readonly readOnly: boolean },
): Pick<FleetParts, 'program' | 'presentProgram'> {
  const found = (program: InstalledProgram) => ({ version: program.version, program });
  const program: FleetParts['program'] = async (definition, config, { runtime, signal }) => {
    const wish = clientWish(definition, config, { runtime, folder });
    const absent = readOnly ? (await artifacts.plan(wish)).program : undefined;
    return found(absent ?? (await artifacts.obtain(wish, signal)));
  };
  return {
    program,
    // Who only looks is told of what `up` would install first as if it were there.
    presentProgram: readOnly
      ? program
      : async (definition, config, { runtime }) => {
          const wish = clientWish(definition, config, { runtime, folder });
          try {
            const { what, program: absent } = await artifacts.plan(wish);
            return absent === undefined
              ? found(await artifacts.obtain(wish))
              : { ...found(absent), missing: what };
          } catch (thrown) {
            if (!isEphemeryError(thrown)) throw thrown;
            // Its desk tells why, and sees when that has changed.
            const { displayName } = definition;
            const { version = 'not installed' } = wish;
            const unknown = { client: displayName, version, command: [], absent: displayName };
            return { ...found(unknown), missing: displayName };
          }
        },
  };
}

/** What the local networks of the root listen on; nodes get other ports. */
async function portsOfDevnets({ config }: FleetRequest, { paths }: Services): Promise<number[]> {
  const { nodes, networks } = config.config;
  const names = new Set(Object.values(nodes).map(({ network }) => network));
  const local = [...names].filter((name) => isLocalNetwork(name, networks));
  const settings = await Promise.all(local.map((name) => readDevnetSettings(devnetFolder(paths.root, name))));
  return settings.flatMap((found) => (found === undefined ? [] : Object.values(found.ports)));
}
