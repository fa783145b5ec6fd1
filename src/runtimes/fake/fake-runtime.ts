import { boundBy } from '../../base/bound-signal.ts';
import type { Mount, TaskSpec, UnitSpec } from '../../core/clients/units.ts';
import { runtimeErrors } from '../errors.ts';
import {
  hostAddresses,
  type InstalledProgram,
  type LogRequest,
  type Runtime,
  type StopOutcome,
  type StopRequest,
  type TaskResult,
  type UnitHandle,
  type UnitState,
} from '../runtime.ts';
import type { FakeHost, FakeProcess } from './fake-host.ts';

/** Moments at which our own process may be killed; `at` is told each. */
export type FakeMoment =
  | 'start.before-spawn'
  | 'start.after-spawn'
  | 'stop.before-signal'
  | 'stop.after-signal'
  | 'stop.after-end'
  | 'run.after-spawn'
  | 'run.after-end';

export interface FakeRuntimeOptions {
  readonly host: FakeHost;
  /** Aborted when our own process is killed: every call of this instance then rejects with its reason. */
  readonly life?: AbortSignal;
  /** May throw, as a kill at this moment does. */
  readonly at?: (moment: FakeMoment, name: string) => void;
}

const id = 'fake';
const pollMs = 250;
const tailLines = 20;
const killedExitCode = 128 + 9;

/** Runs programs of a script on a `FakeHost`, for simulations and demonstrations. One instance is one life of our process. */
export class FakeRuntime implements Runtime {
  readonly id = id;
  readonly capabilities = { unitsOutliveUs: true, reportsResources: true };
  readonly addresses = hostAddresses;
  private readonly host: FakeHost;
  private readonly life: AbortSignal | undefined;
  private readonly at: (moment: FakeMoment, name: string) => void;
  /** Tokens of our own children: only of those is the exit code known. */
  private readonly children = new Set<string>();

  constructor(options: FakeRuntimeOptions) {
    this.host = options.host;
    this.life = options.life;
    this.at = options.at ?? (() => undefined);
  }

  pathsFor(mounts: readonly Mount[]): Readonly<Record<string, string>> {
    return Object.fromEntries(mounts.map((mount) => [mount.key, mount.hostPath]));
  }

  prepare(program: InstalledProgram): Promise<void> {
    return this.lookFor(program);
  }

  async lookFor(program: InstalledProgram): Promise<void> {
    await this.reach();
    if (program.command.length > 0) return;
    throw runtimeErrors.create('EPH-RUNTIME-PROGRAM-MISSING', { client: program.client, program: '' });
  }

  async run(program: InstalledProgram, task: TaskSpec, signal?: AbortSignal): Promise<TaskResult> {
    await this.reach();
    signal?.throwIfAborted();
    const leftover = this.host.running(task.name);
    if (leftover !== undefined) this.host.kill(leftover);
    const process = this.spawn('task', program, task);
    this.at('run.after-spawn', task.name);
    const deadlineMs = process.startedMs + task.deadlineMs;
    await this.ended(process, deadlineMs, signal);
    const tail = this.host.printedBy(process).slice(-tailLines);
    if (this.host.isRunning(process)) {
      this.host.kill(process);
      signal?.throwIfAborted();
      throw runtimeErrors.create('EPH-RUNTIME-TASK-DEADLINE', {
        task: task.name,
        deadlineMs: task.deadlineMs,
        tail,
      });
    }
    this.at('run.after-end', task.name);
    return { exitCode: process.exit.exitCode ?? killedExitCode, tail };
  }

  async start(program: InstalledProgram, unit: UnitSpec): Promise<UnitHandle> {
    await this.reach();
    const running = this.host.running(unit.name);
    if (running !== undefined) return handleOf(running);
    this.refuseTaken(unit);
    this.at('start.before-spawn', unit.name);
    const process = this.spawn('unit', program, unit);
    this.at('start.after-spawn', unit.name);
    if (process.script.replyLost === true) throw startFailed(unit.name, 'the reply was lost');
    return handleOf(process);
  }

  async recover(unitName: string): Promise<UnitHandle | undefined> {
    await this.reach();
    const process = this.host.running(unitName);
    return process === undefined ? undefined : handleOf(process);
  }

  async inspect(handle: UnitHandle): Promise<UnitState> {
    this.life?.throwIfAborted();
    const reason = this.host.outage();
    if (reason !== undefined) return { state: 'unknown', reason };
    const process = this.host.find(handle.token);
    if (process === undefined) return { state: 'absent' };
    if (!this.host.isRunning(process)) {
      return { state: 'exited', ...(this.children.has(process.token) ? process.exit : {}) };
    }
    const ageMs = this.host.clock.monotonicMs() - process.startedMs;
    return {
      state: 'running',
      startedAtMs: process.startedAtMs,
      resources: { memoryBytes: 100_000_000, cpuSeconds: ageMs / 100_000 },
    };
  }

  async stop(handle: UnitHandle, request: StopRequest): Promise<StopOutcome> {
    await this.reach();
    const process = this.host.find(handle.token);
    if (process === undefined || !this.host.isRunning(process)) return 'was-not-running';
    this.at('stop.before-signal', process.name);
    this.host.signal(process, request.signal);
    this.at('stop.after-signal', process.name);
    await this.ended(process, this.host.clock.monotonicMs() + request.deadlineMs);
    const killed = this.host.isRunning(process);
    if (killed) this.host.kill(process);
    this.at('stop.after-end', process.name);
    return killed ? 'killed' : 'stopped';
  }

  async *logs(unitName: string, request: LogRequest): AsyncIterable<string> {
    await this.reach();
    let seen = this.host.printed(unitName).length;
    const kept = this.host.printed(unitName);
    yield* request.tail === undefined ? kept : kept.slice(Math.max(0, kept.length - request.tail));
    while (request.follow === true && request.signal?.aborted !== true) {
      const lines = this.host.printed(unitName);
      yield* lines.slice(seen);
      seen = lines.length;
      await this.host.clock.sleep(pollMs, request.signal).catch(() => undefined);
      this.life?.throwIfAborted();
    }
  }

  private refuseTaken({ name, ports }: UnitSpec): void {
    const taken = ports.find(({ port }) => this.host.isTaken(port));
    if (taken === undefined) return;
    const { port } = taken;
    const reason = `${port} (${taken.name}) is used by another program`;
    throw runtimeErrors.create('EPH-RUNTIME-PORT-TAKEN', { unit: name, reason, port });
  }

  private spawn(kind: 'unit' | 'task', program: InstalledProgram, spec: UnitSpec | TaskSpec): FakeProcess {
    const script = this.host.script({ kind, program, spec });
    if (script.startFails !== undefined) throw startFailed(spec.name, script.startFails);
    const process = this.host.spawn({ kind, program, spec }, script);
    this.children.add(process.token);
    return process;
  }

  /** Waits until the run has ended, the monotonic clock reads `deadlineMs`, or the signal aborts. */
  private async ended(process: FakeProcess, deadlineMs: number, signal?: AbortSignal): Promise<void> {
    const { clock } = this.host;
    const either = boundBy([this.life, signal].filter((each) => each !== undefined));
    while (this.host.isRunning(process) && clock.monotonicMs() < deadlineMs && !either.signal.aborted) {
      const leftMs = Math.min(deadlineMs, process.endsMs) - clock.monotonicMs();
      await clock.sleep(Math.min(leftMs, pollMs), either.signal).catch(() => undefined);
    }
    either.release();
    this.life?.throwIfAborted();
  }

  async reach(): Promise<void> {
    this.life?.throwIfAborted();
    const reason = this.host.outage();
    if (reason !== undefined) throw runtimeErrors.create('EPH-RUNTIME-UNREACHABLE', { runtime: id, reason });
  }
}

function handleOf(process: FakeProcess): UnitHandle {
  return { runtime: id, unit: process.name, token: process.token };
}

function startFailed(unit: string, reason: string): Error {
  return runtimeErrors.create('EPH-RUNTIME-START-FAILED', { unit, reason });
}
