import type { Clock } from '../../base/clock.ts';
import type { StopSignal } from '../../core/clients/units.ts';
import type { FakeBehaviour, FakeRun, FakeScript } from './fake-script.ts';

export interface FakeExit {
  readonly exitCode?: number;
  readonly signal?: string;
}

/** One run of a program. Its end is a time, not a timer, so that a host costs nothing while nobody looks. */
export interface FakeProcess {
  readonly token: string;
  readonly name: string;
  readonly run: FakeRun;
  readonly script: FakeScript;
  /** Wall clock. */
  readonly startedAtMs: number;
  /** Monotonic clock. */
  readonly startedMs: number;
  endsMs: number;
  exit: FakeExit;
}

/**
 * A machine that outlives the process under test: what runs, what was printed, whether the runtime
 * answers. Any number of `FakeRuntime`s, one after the other, look at the same host.
 */
export class FakeHost {
  readonly clock: Clock;
  private readonly behaviour: FakeBehaviour;
  private readonly processes: FakeProcess[] = [];
  private readonly starts = new Map<string, number>();
  private readonly removed = new Set<FakeProcess>();
  private readonly foreignPorts = new Set<number>();
  private boot = 1;
  private brokenUntilMs = Number.NEGATIVE_INFINITY;
  private brokenReason = '';

  constructor(options: { clock: Clock; behaviour?: FakeBehaviour }) {
    this.clock = options.clock;
    this.behaviour = options.behaviour ?? (() => ({}));
  }

  /** Everything that runs now, units and tasks: what invariants are checked against. */
  up(): readonly FakeProcess[] {
    return this.processes.filter((process) => this.isRunning(process));
  }

  isUp(name: string): boolean {
    return this.running(name) !== undefined;
  }

  /** Up, and long enough for its probe to answer. */
  isReady(name: string): boolean {
    const process = this.running(name);
    if (process === undefined) return false;
    return this.clock.monotonicMs() >= process.startedMs + (process.script.readyAfterMs ?? 0);
  }

  /** How often a unit or task of this name was started. */
  startsOf(name: string): number {
    return this.starts.get(name) ?? 0;
  }

  /** Ends a unit as a crash does; true when it ran. */
  crash(name: string, exit: FakeExit = { exitCode: 1 }): boolean {
    const process = this.running(name);
    if (process !== undefined) this.end(process, exit);
    return process !== undefined;
  }

  /** Ends a unit and forgets it, as a container that is removed by hand; true when it ran. */
  remove(name: string): boolean {
    const process = this.running(name);
    if (process === undefined) return false;
    this.kill(process);
    this.removed.add(process);
    return true;
  }

  /** Somebody else has this port, until they let go of it. */
  takePort(port: number): () => void {
    this.foreignPorts.add(port);
    return () => void this.foreignPorts.delete(port);
  }

  isTaken(port: number): boolean {
    return this.foreignPorts.has(port);
  }

  /** Everything is gone, and nothing of it is remembered. What was printed stays. */
  reboot(): void {
    for (const process of this.up()) this.end(process, { signal: 'SIGKILL' });
    this.boot += 1;
  }

  /** The runtime does not answer for so long. Programs go on. */
  breakFor(durationMs: number, reason = 'the connection was refused'): void {
    this.brokenUntilMs = this.clock.monotonicMs() + durationMs;
    this.brokenReason = reason;
  }

  mend(): void {
    this.brokenUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** Why the runtime does not answer now; undefined when it does. */
  outage(): string | undefined {
    return this.clock.monotonicMs() < this.brokenUntilMs ? this.brokenReason : undefined;
  }

  /** For runtimes: decides what the next run of a program does. Counts as a start. */
  script(run: Omit<FakeRun, 'earlierStarts'>): FakeScript {
    const earlierStarts = this.startsOf(run.spec.name);
    this.starts.set(run.spec.name, earlierStarts + 1);
    return this.behaviour({ ...run, earlierStarts });
  }

  /** For runtimes: begins a run, whether or not another of that name runs. */
  spawn(run: Omit<FakeRun, 'earlierStarts'>, script: FakeScript): FakeProcess {
    const startedMs = this.clock.monotonicMs();
    const lifeMs = script.exitsAfterMs ?? (run.kind === 'task' ? 0 : Number.POSITIVE_INFINITY);
    const process: FakeProcess = {
      token: `boot${this.boot}/${this.processes.length + 1}`,
      name: run.spec.name,
      run: { ...run, earlierStarts: this.startsOf(run.spec.name) - 1 },
      script,
      startedAtMs: this.clock.nowMs(),
      startedMs,
      endsMs: startedMs + lifeMs,
      exit: { exitCode: script.exitCode ?? 0 },
    };
    this.processes.push(process);
    return process;
  }

  running(name: string): FakeProcess | undefined {
    return this.processes.findLast((process) => process.name === name && this.isRunning(process));
  }

  /** The run with this token, running or not; undefined when it is of an earlier boot or of nobody. */
  find(token: string): FakeProcess | undefined {
    if (!token.startsWith(`boot${this.boot}/`)) return undefined;
    return this.processes.find((process) => process.token === token && !this.removed.has(process));
  }

  isRunning(process: FakeProcess): boolean {
    return this.clock.monotonicMs() < process.endsMs;
  }

  signal(process: FakeProcess, _signal: StopSignal): void {
    if (process.script.ignoresStopSignal === true) return;
    const endsMs = this.clock.monotonicMs() + (process.script.stopTakesMs ?? 0);
    if (endsMs >= process.endsMs) return;
    process.endsMs = endsMs;
    process.exit = { exitCode: 0 };
  }

  kill(process: FakeProcess): void {
    this.end(process, { signal: 'SIGKILL' });
  }

  /** Lines printed so far by all runs of this name, oldest first. */
  printed(name: string): readonly string[] {
    return this.processes
      .filter((process) => process.name === name)
      .flatMap((process) => this.printedBy(process));
  }

  /** Lines printed so far by this run. */
  printedBy(process: FakeProcess): readonly string[] {
    const lastMs = Math.min(this.clock.monotonicMs(), process.endsMs);
    const prints = process.script.prints ?? [];
    return prints.filter((p) => process.startedMs + p.afterMs <= lastMs).map((p) => p.line);
  }

  private end(process: FakeProcess, exit: FakeExit): void {
    process.endsMs = Math.min(process.endsMs, this.clock.monotonicMs());
    process.exit = exit;
  }
}
