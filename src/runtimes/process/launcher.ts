import { ensureFolder } from '../../base/atomic-files.ts';
import type { Clock } from '../../base/clock.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import { folderPlace, isCopied } from '../../base/folder-place.ts';
import type { Log } from '../../base/log.ts';
import { bootId, type ProcessIdentity } from '../../base/process-identity.ts';
import type { Random } from '../../base/random.ts';
import type { TaskSpec, UnitSpec } from '../../core/clients/units.ts';
import { runtimeErrors } from '../errors.ts';
import type { InstalledProgram } from '../runtime.ts';
import { childEnvironment } from './child-environment.ts';
import { type ChildExit, startChild } from './child-process.ts';
import {
  claimedBy,
  isClaimed,
  removeReport,
  reportPathOf,
  revoke,
  shimCommand,
  sweepReports,
} from './launch-shim.ts';
import type { LogFiles } from './log-files.ts';
import { tailFrom } from './log-reader.ts';
import { isRunning } from './process-group.ts';
import type { RunRecord, RunRecords } from './run-record.ts';
import type { RunIdentity } from './run-token.ts';

/** Moments of a start at which our own process may be killed; tests are told each. */
export type LaunchMoment = 'intended' | 'spawned' | 'claimed' | 'recorded';

export interface LauncherOptions {
  readonly records: RunRecords;
  readonly logs: LogFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Our own environment, of which a child gets the harmless part. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly at?: (moment: LaunchMoment, name: string) => void;
}

export interface RunningProcess {
  readonly identity: RunIdentity;
  readonly startedAtMs: number;
}

export interface LaunchedProcess extends RunningProcess {
  readonly ended: Promise<ChildExit>;
  /** Where its output begins in the current log. */
  readonly logOffset: number;
}

const claimPollMs = 3;
const claimPatienceMs = 30_000;
const reportedLines = 5;

/**
 * Starts programs so that each can be found again, whenever we ourselves are killed. The intent is on disk
 * before the child exists, and the child reports itself before it becomes the program (see launch-shim.ts).
 */
export class Launcher {
  private readonly options: LauncherOptions;
  private hasFolders = false;

  constructor(options: LauncherOptions) {
    this.options = options;
  }

  /**
   * The process of this name that runs now. Finishes what a killed start left half done: a child that has
   * reported itself is adopted, one that has not can no longer become its program. What runs for the root that
   * this one was copied from is not ours.
   */
  async findRunning(name: string): Promise<RunningProcess | undefined> {
    const record = await this.options.records.read(name);
    if (record === undefined || record.bootId !== (await bootId()) || record.run.phase === 'ended')
      return undefined;
    if (await this.isOfAnother(record.place)) return undefined;
    const identity =
      record.run.phase === 'running'
        ? record.run.process
        : await revoke(this.reportOf(record), record.bootId);
    if (identity === undefined || !(await isRunning(identity))) return undefined;
    if (record.run.phase === 'starting') await this.settle(record, identity);
    return { identity: placed(identity, record), startedAtMs: record.startedAtMs };
  }

  /** Whether something was started by the root that this one is a copy of. */
  async isOfAnother(place: string | undefined): Promise<boolean> {
    return place !== undefined && isCopied(place, await folderPlace(this.options.records.folder));
  }

  /** Starts the program; the caller has made sure that none of this name runs. Throws EPH-RUNTIME-START-FAILED. */
  async launch(program: InstalledProgram, spec: UnitSpec | TaskSpec): Promise<LaunchedProcess> {
    const child = { isThere: false };
    try {
      return await this.launchRecorded(program, spec, child);
    } catch (cause) {
      if (isEphemeryError(cause)) throw cause;
      // A full disk, for one: the next start or recovery finds what came of this one.
      const nothing = child.isThere ? {} : ({ nothingRan: true } as const);
      const facts = { unit: spec.name, reason: messageOf(cause), ...nothing };
      throw runtimeErrors.create('EPH-RUNTIME-START-FAILED', facts, cause);
    }
  }

  private async launchRecorded(
    program: InstalledProgram,
    spec: UnitSpec | TaskSpec,
    child: { isThere: boolean },
  ): Promise<LaunchedProcess> {
    const { records, random, clock, at } = this.options;
    await this.prepareFolders();
    const record: RunRecord = {
      version: 1,
      name: spec.name,
      runId: Buffer.from(random.bytes(8)).toString('hex'),
      bootId: await bootId(),
      startedAtMs: clock.nowMs(),
      place: await folderPlace(records.folder),
      run: { phase: 'starting' },
    };
    await records.write(record);
    at?.('intended', spec.name);
    await this.rotateLog(spec.name);
    const logOffset = await this.options.logs.size(spec.name);
    const { ended } = await this.spawn(record, program, { spec, child });
    at?.('spawned', spec.name);
    const identity = await this.claim(record, ended, logOffset);
    at?.('claimed', spec.name);
    await this.settle(record, identity);
    at?.('recorded', spec.name);
    return { identity: placed(identity, record), startedAtMs: record.startedAtMs, ended, logOffset };
  }

  /** Made for us alone, and only once something is started: those who look leave no trace. */
  private async prepareFolders(): Promise<void> {
    if (this.hasFolders) return;
    const { records, logs } = this.options;
    await ensureFolder(records.folder);
    await ensureFolder(logs.folder);
    await sweepReports(records.folder, await bootId());
    this.hasFolders = true;
  }

  /** A full disk leaves a log long; it says nothing about its unit and keeps none from starting. */
  async rotateLog(name: string): Promise<void> {
    await this.options.logs.rotateWhenLarge(name).catch((cause: unknown) => {
      this.options.log.warn('log cannot be rotated', { unit: name, cause });
    });
  }

  private async spawn(
    record: RunRecord,
    program: InstalledProgram,
    { spec, child }: { readonly spec: UnitSpec | TaskSpec; readonly child: { isThere: boolean } },
  ) {
    const output = await this.options.logs.openForAppend(spec.name);
    const mount = spec.mounts.find((m) => m.key === spec.workingMount);
    try {
      const started = await startChild({
        command: shimCommand(this.reportOf(record), [...program.command, ...spec.args]),
        env: childEnvironment(this.options.env, program.env, spec.env),
        folder: mount?.hostPath ?? this.options.records.folder,
        output: output.fd,
      });
      child.isThere = true;
      return started;
    } finally {
      await output.close();
    }
  }

  /** Waits for the child's own report: a few milliseconds, unless the disk is full or the machine is stuck. */
  private async claim(
    record: RunRecord,
    ended: Promise<ChildExit>,
    logOffset: number,
  ): Promise<ProcessIdentity> {
    const { clock } = this.options;
    let exit: ChildExit | undefined;
    ended.then(
      (value) => {
        exit = value;
      },
      () => undefined,
    );
    const deadlineMs = clock.monotonicMs() + claimPatienceMs;
    for (;;) {
      const ended = exit !== undefined;
      const identity = await claimedBy(this.reportOf(record), record.bootId);
      if (identity !== undefined) return identity;
      const late = clock.monotonicMs() >= deadlineMs;
      if (ended || late) throw await this.notClaimed(record, late, logOffset);
      await clock.sleep(claimPollMs);
    }
  }

  private async notClaimed(record: RunRecord, late: boolean, logOffset: number): Promise<Error> {
    const said = await tailFrom(this.options.logs.current(record.name), logOffset, reportedLines);
    const reason = late ? `it did not report within ${claimPatienceMs / 1000} s` : said.join('; ');
    // A child that ended without a claim never became the program.
    const nothing = late || (await isClaimed(this.reportOf(record))) ? {} : ({ nothingRan: true } as const);
    return runtimeErrors.create('EPH-RUNTIME-START-FAILED', { unit: record.name, reason, ...nothing });
  }

  private async settle(record: RunRecord, identity: ProcessIdentity): Promise<void> {
    await this.options.records.write({
      ...record,
      run: { phase: 'running', process: placed(identity, record) },
    });
    await removeReport(this.reportOf(record));
  }

  private reportOf(record: RunRecord): string {
    return reportPathOf(this.options.records.folder, record);
  }
}

function placed(identity: ProcessIdentity, { place }: RunRecord): RunIdentity {
  return place === undefined ? identity : { ...identity, place };
}
