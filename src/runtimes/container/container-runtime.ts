import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { FetchListener } from '../../base/fetches.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { Mount, TaskSpec, UnitSpec } from '../../core/clients/units.ts';
import { runtimeErrors } from '../errors.ts';
import { NameLocks } from '../name-locks.ts';
import type {
  InstalledProgram,
  LogRequest,
  Runtime,
  RuntimeAddresses,
  RuntimeRemains,
  StopOutcome,
  StopRequest,
  TaskResult,
  UnitHandle,
  UnitState,
} from '../runtime.ts';
import { ContainerLauncher, type LaunchMoment } from './container-launcher.ts';
import { ContainerLogs } from './container-logs.ts';
import { type ContainerNames, containerNames, hostNameOf } from './container-names.ts';
import { insidePath } from './container-options.ts';
import { ContainerStates, inspectContainer, isRunning } from './container-states.ts';
import { copyFromImage } from './copy-from-image.ts';
import { endContainer, killContainer } from './end-container.ts';
import { Engine } from './engine.ts';
import { EngineImages } from './engine-images.ts';
import { PulledImages } from './pulled-images.ts';
import { rootRemains } from './root-remains.ts';

export interface ContainerRuntimeOptions {
  /** The root whose containers these are; its path is part of their names. */
  readonly rootPath: string;
  /** Where it is written down which engine has them: `run/engine.json` of the root. */
  readonly recordPath: string;
  /** Where images that we bring into the engine are written down: `artifacts/images` of the root. */
  readonly pulledFolder?: string;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told of images that are being fetched. */
  readonly onFetch?: FetchListener;
  /** For tests: told each moment of a start at which a kill of our process must do no harm. */
  readonly at?: (moment: LaunchMoment, name: string) => void;
}

const id = 'container';
const taskTailLines = 20;
/** A task whose container was removed by hand was killed. */
const goneExitCode = 137;

/** The runtime, and the images of the same engine for those who pin them. */
export interface ContainerRuntimeParts {
  readonly runtime: Runtime;
  readonly images: EngineImages;
}

/** Makes the runtime that runs units as containers of this machine's engine. Asks the engine nothing yet. */
export function createContainerRuntime(options: ContainerRuntimeOptions): ContainerRuntimeParts {
  const log = options.log.child({ runtime: id });
  const engine = new Engine(options);
  const { pulledFolder } = options;
  const pulled = pulledFolder === undefined ? {} : { pulled: new PulledImages(pulledFolder) };
  const home = containerNames(options.rootPath).rootId;
  const images = new EngineImages(engine, { ...options, home, ...pulled, log });
  return { runtime: new ContainerRuntime({ ...options, log, engine, images }), images };
}

class ContainerRuntime implements Runtime {
  readonly id = id;
  readonly capabilities = { unitsOutliveUs: true, reportsResources: true };
  readonly addresses: RuntimeAddresses;
  readonly remains: RuntimeRemains;
  private readonly clock: Clock;
  private readonly names: ContainerNames;
  private readonly log: Log;
  private readonly engine: Engine;
  private readonly images: EngineImages;
  private readonly launcher: ContainerLauncher;
  private readonly states: ContainerStates;
  private readonly logLines: ContainerLogs;
  private readonly locks = new NameLocks();

  constructor(parts: ContainerRuntimeOptions & { readonly engine: Engine; readonly images: EngineImages }) {
    const { engine, clock } = parts;
    const names = containerNames(parts.rootPath);
    this.clock = clock;
    this.names = names;
    this.log = parts.log;
    this.engine = engine;
    this.images = parts.images;
    this.addresses = addressesOn(parts.platform);
    this.states = new ContainerStates({ engine, clock });
    this.remains = rootRemains(engine, names);
    this.launcher = new ContainerLauncher({ ...parts, names });
    this.logLines = new ContainerLogs({ engine, names, clock });
  }

  pathsFor(mounts: readonly Mount[]): Readonly<Record<string, string>> {
    return Object.fromEntries(mounts.map(({ key }) => [key, insidePath(key)]));
  }

  async reach(): Promise<void> {
    await this.engine.facts();
  }

  async prepare(program: InstalledProgram, signal?: AbortSignal): Promise<void> {
    await this.launcher.imageFor(program, signal);
  }

  async lookFor(program: InstalledProgram): Promise<void> {
    await this.launcher.knownImage(program);
  }

  async copyFromImage(program: InstalledProgram, from: string, into: string): Promise<void> {
    await this.engine.settle();
    const image = await this.launcher.imageFor(program);
    await copyFromImage({ engine: this.engine, names: this.names }, { image, from, into });
  }

  run(program: InstalledProgram, task: TaskSpec, signal?: AbortSignal): Promise<TaskResult> {
    return this.locks.hold(task.name, async () => {
      signal?.throwIfAborted();
      await this.engine.settle();
      const leftover = await this.launcher.findRunning(task.name);
      if (leftover !== undefined) await this.kill(task.name, leftover.id);
      const run = await this.launcher.launch(program, task, signal);
      const exitCode = await this.taskEnd(run.id, task.deadlineMs, signal);
      if (exitCode === undefined) await this.kill(task.name, run.id);
      const tail = await this.logLines.last(run, taskTailLines);
      if (exitCode !== undefined) return { exitCode, tail };
      signal?.throwIfAborted();
      const facts = { task: task.name, deadlineMs: task.deadlineMs, tail };
      throw runtimeErrors.create('EPH-RUNTIME-TASK-DEADLINE', facts);
    });
  }

  start(program: InstalledProgram, unit: UnitSpec): Promise<UnitHandle> {
    return this.locks.hold(unit.name, async () => {
      await this.engine.settle();
      const running = await this.launcher.findRunning(unit.name);
      if (running !== undefined) return handleOf(unit.name, running.id);
      const { id: container } = await this.launcher.launch(program, unit);
      const { client, version } = program;
      this.log.info('unit started', { unit: unit.name, client, version, container });
      return handleOf(unit.name, container);
    });
  }

  recover(unitName: string): Promise<UnitHandle | undefined> {
    return this.locks.hold(unitName, async () => {
      const running = await this.launcher.findRunning(unitName);
      return running === undefined ? undefined : handleOf(unitName, running.id);
    });
  }

  async inspect(handle: UnitHandle): Promise<UnitState> {
    try {
      return await this.states.of(handle.token);
    } catch (thrown) {
      this.log.warn('unit cannot be inspected', { unit: handle.unit, reason: messageOf(thrown) });
      return { state: 'unknown', reason: messageOf(thrown) };
    }
  }

  async stop(handle: UnitHandle, request: StopRequest): Promise<StopOutcome> {
    const outcome = await endContainer(handle.token, request, {
      engine: this.engine,
      clock: this.clock,
    });
    if (outcome === undefined) throw stopFailed(handle.unit, handle.token);
    this.log.info('unit stopped', { unit: handle.unit, outcome });
    return outcome;
  }

  logs(unitName: string, request: LogRequest): AsyncIterable<string> {
    return this.logLines.read(unitName, request);
  }

  /** The exit code of a task, or undefined at its deadline (monotonic) and on abort. */
  private async taskEnd(
    container: string,
    deadlineMs: number,
    signal: AbortSignal | undefined,
  ): Promise<number | undefined> {
    const endMs = this.clock.monotonicMs() + deadlineMs;
    for (let pollMs = 10; signal?.aborted !== true; pollMs = Math.min(500, pollMs * 1.5)) {
      const found = await inspectContainer(this.engine, container);
      if (found === undefined) return goneExitCode;
      if (!isRunning(found) && found.State.Status !== 'created') return found.State.ExitCode;
      const leftMs = endMs - this.clock.monotonicMs();
      if (leftMs <= 0) return undefined;
      await this.clock.sleep(Math.min(pollMs, leftMs), signal).catch(() => undefined);
    }
    return undefined;
  }

  private async kill(name: string, container: string): Promise<void> {
    const { engine, clock } = this;
    if (!(await killContainer(container, { engine, clock }))) throw stopFailed(name, container);
  }
}

/** Inside a container loopback is the container's own: neighbours and the engine's port forwarding need every interface. */
function addressesOn(platform: NodeJS.Platform): RuntimeAddresses {
  return {
    listen: '0.0.0.0',
    unit: hostNameOf,
    // The machine that engines on a Mac run in forwards this name to the Mac's own loopback. On Linux nothing does.
    ...(platform === 'darwin' ? { host: 'host.docker.internal' } : {}),
  };
}

function handleOf(unit: string, container: string): UnitHandle {
  return { runtime: id, unit, token: container };
}

function stopFailed(unit: string, container: string): Error {
  return runtimeErrors.create('EPH-RUNTIME-STOP-FAILED', {
    unit,
    detail: `container ${container.slice(0, 12)}`,
  });
}
