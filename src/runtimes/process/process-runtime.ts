import { access, constants, stat } from 'node:fs/promises';
import { boundBy } from '../../base/bound-signal.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { bootId } from '../../base/process-identity.ts';
import type { Random } from '../../base/random.ts';
import type { Mount, TaskSpec, UnitSpec } from '../../core/clients/units.ts';
import { runtimeErrors } from '../errors.ts';
import { NameLocks } from '../name-locks.ts';
import { refuseTakenPorts } from '../refuse-taken-ports.ts';
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
import { type ChildExit, exitCodeOf } from './child-process.ts';
import { Launcher, type LaunchMoment } from './launcher.ts';
import { LogFiles, type LogLimits } from './log-files.ts';
import { readLog, tailFrom } from './log-reader.ts';
import { processFigures } from './process-figures.ts';
import { isRunning } from './process-group.ts';
import { RunRecords } from './run-record.ts';
import { identityOf, type RunIdentity, tokenOf } from './run-token.ts';
import { killNow, terminate } from './terminate.ts';

export interface ProcessRuntimeOptions {
  /** Where runs are recorded: `run/units` of a root. */
  readonly recordsFolder: string;
  /** Where output goes: `logs` of a root. */
  readonly logsFolder: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Our own environment; children get only what `childEnvironment` lets through. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly logLimits?: LogLimits;
  /** For tests: told each moment of a start at which a kill of our process must do no harm. */
  readonly at?: (moment: LaunchMoment, name: string) => void;
}

const id = 'process';
export const defaultLogLimits: LogLimits = { maxBytes: 16 * 1024 * 1024, keep: 4 };
const rotationCheckMs = 15_000;
const taskTailLines = 20;

/** Makes the runtime that runs units as plain processes of this host. Nothing is written before the first start. */
export async function createProcessRuntime(options: ProcessRuntimeOptions): Promise<Runtime> {
  return new ProcessRuntime(options);
}

class ProcessRuntime implements Runtime {
  readonly id = id;
  readonly capabilities = { unitsOutliveUs: true, reportsResources: true };
  readonly addresses = hostAddresses;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly records: RunRecords;
  private readonly logFiles: LogFiles;
  private readonly launcher: Launcher;
  private readonly locks = new NameLocks();
  /** Ends of our own children, by token. Of adopted processes we only see that they are gone. */
  private readonly ends = new Map<string, Promise<ChildExit>>();
  private readonly rotationCheckedMs = new Map<string, number>();

  constructor(options: ProcessRuntimeOptions) {
    this.clock = options.clock;
    this.log = options.log.child({ runtime: id });
    this.records = new RunRecords(options.recordsFolder);
    this.logFiles = new LogFiles(options.logsFolder, options.logLimits ?? defaultLogLimits);
    this.launcher = new Launcher({ ...options, records: this.records, logs: this.logFiles });
  }

  pathsFor(mounts: readonly Mount[]): Readonly<Record<string, string>> {
    return Object.fromEntries(mounts.map((mount) => [mount.key, mount.hostPath]));
  }

  prepare(program: InstalledProgram): Promise<void> {
    return this.lookFor(program);
  }

  async lookFor(program: InstalledProgram): Promise<void> {
    const path = program.command[0] ?? '';
    const isFile = await stat(path).then(
      (stats) => stats.isFile(),
      () => false,
    );
    const mayRun = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isFile && mayRun) return;
    throw runtimeErrors.create('EPH-RUNTIME-PROGRAM-MISSING', { client: program.client, program: path });
  }

  run(program: InstalledProgram, task: TaskSpec, signal?: AbortSignal): Promise<TaskResult> {
    return this.locks.hold(task.name, async () => {
      signal?.throwIfAborted();
      await this.prepare(program);
      const leftover = await this.launcher.findRunning(task.name);
      if (leftover !== undefined) await this.kill(task.name, leftover.identity);
      const child = await this.launcher.launch(program, task);
      const exit = await this.waitFor(child.ended, task.deadlineMs, signal);
      // What a task leaves behind would write on into what it has prepared.
      await this.kill(task.name, child.identity);
      const tail = await tailFrom(this.logFiles.current(task.name), child.logOffset, taskTailLines);
      await this.records.remove(task.name);
      if (exit !== undefined) return { exitCode: exitCodeOf(exit), tail };
      signal?.throwIfAborted();
      throw runtimeErrors.create('EPH-RUNTIME-TASK-DEADLINE', {
        task: task.name,
        deadlineMs: task.deadlineMs,
        tail,
      });
    });
  }

  start(program: InstalledProgram, unit: UnitSpec): Promise<UnitHandle> {
    return this.locks.hold(unit.name, async () => {
      const running = await this.launcher.findRunning(unit.name);
      if (running !== undefined) return handleOf(unit.name, running.identity);
      await this.prepare(program);
      await refuseTakenPorts(unit, this.clock);
      const child = await this.launcher.launch(program, unit);
      const handle = handleOf(unit.name, child.identity);
      const { pid } = child.identity;
      this.log.info('unit started', {
        unit: unit.name,
        client: program.client,
        version: program.version,
        pid,
      });
      this.watch(handle, child.identity, child.ended);
      return handle;
    });
  }

  recover(unitName: string): Promise<UnitHandle | undefined> {
    return this.locks.hold(unitName, async () => {
      const running = await this.launcher.findRunning(unitName);
      return running === undefined ? undefined : handleOf(unitName, running.identity);
    });
  }

  async inspect(handle: UnitHandle): Promise<UnitState> {
    const identity = await this.ours(handle);
    if (identity === undefined) return { state: 'absent' };
    try {
      await this.rotateSometimes(handle.unit);
      return await this.stateOf(handle, identity);
    } catch (cause) {
      this.log.warn('unit cannot be inspected', { unit: handle.unit, cause });
      return { state: 'unknown', reason: messageOf(cause) };
    }
  }

  async stop(handle: UnitHandle, request: StopRequest): Promise<StopOutcome> {
    const identity = await this.ours(handle);
    if (identity === undefined) return 'was-not-running';
    const outcome = await terminate(identity, request, this.clock);
    if (outcome === undefined) throw stopFailed(handle.unit, identity);
    this.log.info('unit stopped', { unit: handle.unit, outcome });
    await this.recordEnd(handle.unit, identity, await this.ends.get(handle.token));
    return outcome;
  }

  logs(unitName: string, request: LogRequest): AsyncIterable<string> {
    return readLog(this.logFiles, unitName, { ...request, clock: this.clock });
  }

  /** Undefined for what ran before this boot, and for what runs for the root that this one was copied from. */
  private async ours({ token }: UnitHandle): Promise<RunIdentity | undefined> {
    const identity = identityOf(token);
    if (identity?.bootId !== (await bootId())) return undefined;
    return (await this.launcher.isOfAnother(identity.place)) ? undefined : identity;
  }

  private async stateOf(handle: UnitHandle, identity: RunIdentity): Promise<UnitState> {
    const record = await this.records.read(handle.unit);
    const recorded =
      record !== undefined && record.run.phase !== 'starting' && tokenOf(record.run.process) === handle.token
        ? record
        : undefined;
    if (await isRunning(identity)) {
      const resources = await processFigures(identity.pid);
      const startedAtMs = recorded?.startedAtMs ?? this.clock.nowMs();
      return { state: 'running', startedAtMs, ...(resources === undefined ? {} : { resources }) };
    }
    const ended = await this.ends.get(handle.token);
    if (ended !== undefined) return { state: 'exited', ...ended };
    if (recorded === undefined) return { state: 'absent' };
    if (recorded.run.phase !== 'ended') return { state: 'exited' };
    const { exitCode, signal } = recorded.run;
    return {
      state: 'exited',
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(signal === undefined ? {} : { signal }),
    };
  }

  private watch(handle: UnitHandle, identity: RunIdentity, ended: Promise<ChildExit>): void {
    this.ends.set(handle.token, ended);
    ended
      .then((exit) => {
        this.log.info('unit ended', { unit: handle.unit, ...exit });
        return this.recordEnd(handle.unit, identity, exit);
      })
      .catch((cause: unknown) => this.log.warn('end of unit not recorded', { unit: handle.unit, cause }));
  }

  /** Only once nothing of the run lives: what is recorded as ended is not looked for any more. */
  private recordEnd(name: string, identity: RunIdentity, exit: ChildExit = {}): Promise<void> {
    return this.locks.hold(name, async () => {
      const record = await this.records.read(name);
      if (record?.run.phase !== 'running' || tokenOf(record.run.process) !== tokenOf(identity)) return;
      if (await isRunning(identity)) return;
      await this.records.write({ ...record, run: { phase: 'ended', process: identity, ...exit } });
    });
  }

  /** The end of a task, or undefined at its deadline (monotonic) or on abort. */
  private async waitFor(
    ended: Promise<ChildExit>,
    deadlineMs: number,
    signal: AbortSignal | undefined,
  ): Promise<ChildExit | undefined> {
    const over = new AbortController();
    const either = boundBy(signal === undefined ? [over.signal] : [over.signal, signal]);
    try {
      return await Promise.race([ended, this.sleepLong(deadlineMs, either.signal)]);
    } finally {
      over.abort();
      either.release();
    }
  }

  private async sleepLong(durationMs: number, signal: AbortSignal): Promise<undefined> {
    const endMs = this.clock.monotonicMs() + durationMs;
    for (let leftMs = durationMs; leftMs > 0 && !signal.aborted; leftMs = endMs - this.clock.monotonicMs()) {
      await this.clock.sleep(Math.min(leftMs, 30_000), signal).catch(() => undefined);
    }
  }

  private async kill(name: string, identity: RunIdentity): Promise<void> {
    if (!(await killNow(identity, this.clock))) throw stopFailed(name, identity);
  }

  /** On the way of every look at a unit, so that logs stay small wherever somebody watches. */
  private async rotateSometimes(name: string): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    if (nowMs - (this.rotationCheckedMs.get(name) ?? Number.NEGATIVE_INFINITY) < rotationCheckMs) return;
    this.rotationCheckedMs.set(name, nowMs);
    await this.locks.hold(name, () => this.launcher.rotateLog(name));
  }
}

function handleOf(name: string, identity: RunIdentity): UnitHandle {
  return { runtime: id, unit: name, token: tokenOf(identity) };
}

function stopFailed(unit: string, identity: RunIdentity): Error {
  return runtimeErrors.create('EPH-RUNTIME-STOP-FAILED', { unit, detail: `process ${identity.pid}` });
}
