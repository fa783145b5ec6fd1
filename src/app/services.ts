import { type Clock, systemClock } from '../base/clock.ts';
import { Fetches, type FetchListener } from '../base/fetches.ts';
import { type Log, silentLog } from '../base/log.ts';
import { type Random, systemRandom } from '../base/random.ts';
import type { GlobalValues } from '../cli/run.ts';
import type { HostFacts, Services } from '../operations/services.ts';
import { runtimeErrors } from '../runtimes/errors.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { refuseFile } from '../storage/files/refuse-file.ts';
import { findRoot, type RootPaths, rootPaths } from '../storage/files/root-paths.ts';
import { clients, refusedClients } from './registries/clients.ts';
import { runtimes } from './registries/runtimes.ts';
import { programVersion } from './version.ts';
import { stderrLog } from './wiring/stderr-log.ts';

/** Makes everything that operations act through, for one command. Heavy parts are loaded when they are asked for. */
export function createServices(globals: GlobalValues, onWait?: (why: string) => void): Services {
  const host = hostFacts();
  const common: Common = {
    clock: systemClock,
    random: systemRandom,
    log: globals.logLevel === undefined ? silentLog : stderrLog(globals.logLevel, process.stderr),
    host,
    paths: rootPaths(refuseFile(findRoot(globals.home, host))),
  };
  const fetches = new Fetches();
  const services: Services = {
    ...common,
    ...(onWait === undefined ? {} : { onWait }),
    fetches,
    clients,
    refusedClients,
    runtimeIds: runtimes.map(({ id }) => id),
    runtime: runtimeOpener({ ...common, onFetch: fetches.tell }),
    engineAnswers: async () => (await import('./wiring/engine-answers.ts')).engineAnswers(common),
    openFleet: async (request) =>
      (await import('./wiring/open-fleet.ts')).openFleet(services, { ...request, onFetch: fetches.tell }),
    runDevnet: async (request, signal) =>
      (await import('./wiring/run-devnet-service.ts')).runDevnetService(services, request, signal),
    openKeeper: async (config, onFetch) =>
      (await import('./wiring/artifacts.ts')).openKeeper(services, config, onFetch),
    openLibrary: async (definition, onProgress) => {
      const { openReleaseLibrary } = await import('../releases/store/open-library.ts');
      const { loadExecutionHash } = await import('../operations/network/execution-hash.ts');
      const { clock, random, paths } = common;
      return openReleaseLibrary({
        definition,
        root: paths.releases,
        clock,
        random,
        environment: host.env,
        loadExecutionHash,
        ...(onProgress === undefined ? {} : { onProgress }),
      });
    },
    clockFindings: async (urls) => (await import('./wiring/host-clock.ts')).measureClock(urls, systemClock),
    serve: async (control, socket) => {
      const { serveOnSocket } = await import('../server/http-server.ts');
      // The socket's own permissions let nobody but our user in.
      return serveOnSocket({ clock: systemClock, control, authenticate: async () => true }, socket);
    },
    fileLog: async (file) => {
      const { openFileLog } = await import('./wiring/pino-log.ts');
      return openFileLog(file, globals.logLevel ?? 'info');
    },
  };
  return services;
}

interface Common {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly host: HostFacts;
  readonly paths: RootPaths;
}

/** One of each, however often it is asked for: a runtime remembers its own children. */
function runtimeOpener({
  paths,
  clock,
  random,
  log,
  host,
  onFetch,
}: Common & { readonly onFetch: FetchListener }): Services['runtime'] {
  const opened = new Map<string, Promise<Runtime>>();
  return (id, at = paths) => {
    const entry = runtimes.find((candidate) => candidate.id === id);
    if (entry === undefined) {
      const reason = 'this version has no runtime of that name';
      return Promise.reject(runtimeErrors.create('EPH-RUNTIME-UNREACHABLE', { runtime: id, reason }));
    }
    const key = `${id} ${at.root}`;
    const runtime =
      opened.get(key) ?? entry.create({ paths: at, clock, random, log, onFetch, ...hostOf(host) });
    opened.set(key, runtime);
    return runtime;
  };
}

function hostOf({ env, platform }: HostFacts): Pick<HostFacts, 'env' | 'platform'> {
  return { env, platform };
}

function hostFacts(): HostFacts {
  const main = process.argv[1] ?? '';
  return {
    env: process.env,
    platform: process.platform,
    workingDirectory: process.cwd(),
    program: [process.execPath, ...process.execArgv, main],
    version: programVersion(),
  };
}
