import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import type { Clock } from '../../base/clock.ts';
import { isEphemeryError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { TaskSpec, UnitSpec } from '../../core/clients/units.ts';
import { runtimeErrors } from '../errors.ts';
import type { InstalledProgram, ProgramImage } from '../runtime.ts';
import type { UnitRun } from './container-logs.ts';
import { type ContainerNames, labels, nodeOf } from './container-names.ts';
import { containerOptions, hostUser } from './container-options.ts';
import { inspectContainer, isRunning } from './container-states.ts';
import type { Engine } from './engine.ts';
import type { EngineImages } from './engine-images.ts';
import { reasonOf, statusOf } from './engine-refusal.ts';
import { handMountsTo } from './hand-mounts.ts';
import { ensureNodeNetwork } from './node-network.ts';

/** Moments of a start at which our own process may be killed; tests are told each. */
export type LaunchMoment = 'intended' | 'created' | 'started';

export interface ContainerLauncherOptions {
  readonly engine: Engine;
  readonly images: EngineImages;
  readonly names: ContainerNames;
  readonly user: { readonly uid: number; readonly gid: number };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly at?: (moment: LaunchMoment, name: string) => void;
}

/** Ended containers of a unit that stay for their logs, beside the last one. */
const keptRuns = 3;
const namePolls = 50;
const namePollMs = 100;
const noInit = /init binary|container-init|catatonit|docker-init/i;
const portTaken = /address already in use|port is already allocated|ports are not available/i;

interface KnownImage {
  /** How the engine knows it. */
  readonly there: string | undefined;
  readonly image: ProgramImage;
  /** How a registry does. */
  readonly reference: string;
}

/** Makes and starts containers so that of each unit there is never more than one. */
export class ContainerLauncher {
  private readonly options: ContainerLauncherOptions;
  private lacksInit = false;

  constructor(options: ContainerLauncherOptions) {
    this.options = options;
  }

  /** The container of this name that runs now, whoever started it. Throws EPH-RUNTIME-UNREACHABLE. */
  async findRunning(name: string): Promise<UnitRun | undefined> {
    // Where no container was ever started, none runs, and there may be no engine to ask.
    if (!(await this.options.engine.isSettled())) return undefined;
    const found = await this.find(name);
    return found !== undefined && isRunning(found) ? runOf(found) : undefined;
  }

  /**
   * How the engine knows a program's image, pulled when it is not there. Throws EPH-RUNTIME-PROGRAM-MISSING when
   * nobody has it, and what `pullImage` throws.
   */
  async imageFor(program: InstalledProgram, signal?: AbortSignal): Promise<string> {
    const { there, image, reference } = await this.knownImage(program);
    if (there !== undefined) {
      await this.options.images.keep(image);
      return there;
    }
    await this.options.images.pull(reference, signal);
    const pulled = await this.options.images.find(image);
    if (pulled === undefined) throw missing(program.client, reference);
    return pulled;
  }

  /**
   * What the engine has of a program's image, nothing where it has to be pulled yet; pulls nothing itself. Throws
   * EPH-RUNTIME-PROGRAM-MISSING when nobody has it.
   */
  async knownImage({ client, image, command }: InstalledProgram): Promise<KnownImage> {
    if (image === undefined) throw missing(client, command[0] ?? 'no image');
    const reference = `${image.repository}@${image.digest}`;
    const there = await this.options.images.find(image);
    if (there === undefined && !this.options.images.isPublished(image.repository))
      throw missing(client, reference);
    return { there, image, reference };
  }

  /**
   * The caller has made sure that none of this name runs. Throws EPH-RUNTIME-START-FAILED,
   * EPH-RUNTIME-PORT-TAKEN, and what `imageFor` throws.
   */
  async launch(program: InstalledProgram, spec: UnitSpec | TaskSpec, signal?: AbortSignal): Promise<UnitRun> {
    const start = { isAsked: false };
    try {
      return await this.create(program, spec, { signal, start });
    } catch (thrown) {
      if (isEphemeryError(thrown)) throw thrown;
      const facts = { unit: spec.name, reason: reasonOf(thrown) };
      if (portTaken.test(facts.reason)) throw runtimeErrors.create('EPH-RUNTIME-PORT-TAKEN', facts, thrown);
      // A container that nobody asked to start runs nothing, made or not.
      const nothing = start.isAsked ? {} : ({ nothingRan: true } as const);
      throw runtimeErrors.create('EPH-RUNTIME-START-FAILED', { ...facts, ...nothing }, thrown);
    }
  }

  private async create(
    program: InstalledProgram,
    spec: UnitSpec | TaskSpec,
    { signal, start }: { readonly signal: AbortSignal | undefined; readonly start: StartAsk },
  ): Promise<UnitRun> {
    const { engine, names, clock, random, user, at } = this.options;
    const facts = await engine.settle();
    const image = await this.imageFor(program, signal);
    if (spec.network !== 'host') await ensureNodeNetwork(engine, names, nodeOf(spec.name));
    const running = await this.freeName(spec.name);
    if (running !== undefined) return running;
    await handMountsTo(hostUser(spec, { facts, user }), { mounts: spec.mounts, from: user });
    at?.('intended', spec.name);
    const startedAtMs = clock.nowMs();
    const run = Buffer.from(random.bytes(8)).toString('hex');
    const options = containerOptions(program, spec, { names, facts, user, run, startedAtMs, image });
    try {
      return { id: await this.createAndStart(spec.name, this.withInit(options), start), startedAtMs };
    } catch (thrown) {
      if (this.lacksInit || !noInit.test(reasonOf(thrown))) throw thrown;
      this.lacksInit = true;
      this.options.log.warn(
        'the engine has no init program for containers: a stop right after a start is slow',
      );
      return { id: await this.createAndStart(spec.name, options, start), startedAtMs };
    }
  }

  /**
   * A program that is the first of its container does not get a signal before it has a handler for it. So
   * another stands before it, where the engine has one: Docker brings its own, Podman takes catatonit.
   */
  private withInit(options: ContainerCreateOptions): ContainerCreateOptions {
    return this.lacksInit ? options : { ...options, HostConfig: { ...options.HostConfig, Init: true } };
  }

  private async createAndStart(
    unit: string,
    options: ContainerCreateOptions,
    start: StartAsk,
  ): Promise<string> {
    const { engine, at } = this.options;
    const { id } = await engine.ask((docker, abortSignal) =>
      docker.createContainer({ ...options, abortSignal }),
    );
    at?.('created', unit);
    start.isAsked = true;
    await this.startCreated(id);
    at?.('started', unit);
    return id;
  }

  /** A container that cannot be started is no run of the unit: it is removed. */
  private async startCreated(id: string): Promise<void> {
    const { engine } = this.options;
    try {
      await engine.ask((docker, abortSignal) => docker.getContainer(id).start({ abortSignal }));
    } catch (thrown) {
      // Without an answer it may run: whoever recovers next will find it.
      if (statusOf(thrown) !== undefined) await this.remove(id);
      throw thrown;
    }
  }

  /**
   * Makes the unit's name free for its next container: what has ended gets another name and stays for its logs,
   * what was never started goes. One that runs keeps its name and is given back. Throws EPH-RUNTIME-START-FAILED
   * when somebody else's container has the name.
   */
  private async freeName(unit: string): Promise<UnitRun | undefined> {
    const found = await this.find(unit);
    if (found === undefined) return undefined;
    if (isRunning(found)) return runOf(found);
    if (found.State.Status === 'created' || found.State.Status === 'configured') await this.remove(found.Id);
    else await this.setAside(unit, found);
    await this.forgetOld(unit);
    return undefined;
  }

  /** Podman lets go of an ended container only when its clean-up is done, a moment later. */
  private async setAside(unit: string, found: ContainerInspectInfo): Promise<void> {
    const { engine, names, clock } = this.options;
    const name = `${names.container(unit)}.${found.Id.slice(0, 12)}`;
    for (let polls = 1; ; polls++) {
      try {
        await engine.ask((docker, abortSignal) =>
          docker.getContainer(found.Id).rename({ name, abortSignal }),
        );
        return;
      } catch (thrown) {
        if (statusOf(thrown) === 404) return;
        if (statusOf(thrown) === undefined || polls >= namePolls) throw thrown;
        await clock.sleep(namePollMs);
      }
    }
  }

  private async forgetOld(unit: string): Promise<void> {
    const { engine, names } = this.options;
    const label = [`${labels.root}=${names.rootId}`, `${labels.unit}=${unit}`];
    const all = await engine.ask((docker, abortSignal) =>
      docker.listContainers({ all: true, filters: { label }, abortSignal }),
    );
    const ended = all
      .filter(({ State }) => State === 'exited' || State === 'stopped' || State === 'dead')
      .sort((a, b) => Number(b.Labels[labels.at]) - Number(a.Labels[labels.at]));
    for (const { Id } of ended.slice(keptRuns)) await this.remove(Id);
  }

  private async find(unit: string): Promise<ContainerInspectInfo | undefined> {
    const { engine, names } = this.options;
    const name = names.container(unit);
    const found = await inspectContainer(engine, name);
    if (found === undefined || found.Config.Labels[labels.root] === names.rootId) return found;
    const reason = `another container has the name ${name}`;
    throw runtimeErrors.create('EPH-RUNTIME-START-FAILED', { unit, reason });
  }

  /** Never by force: what runs against our expectation stays. */
  private async remove(id: string): Promise<void> {
    await this.options.engine
      .ask((docker, abortSignal) => docker.getContainer(id).remove({ abortSignal }))
      .catch((thrown: unknown) => {
        if (statusOf(thrown) === undefined) throw thrown;
      });
  }
}

/** Whether the engine was asked to start anything. */
interface StartAsk {
  isAsked: boolean;
}

function runOf({ Id, Config }: ContainerInspectInfo): UnitRun {
  return { id: Id, startedAtMs: Number(Config.Labels[labels.at]) };
}

function missing(client: string, program: string): Error {
  return runtimeErrors.create('EPH-RUNTIME-PROGRAM-MISSING', { client, program });
}
