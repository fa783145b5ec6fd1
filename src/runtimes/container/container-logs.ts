import { boundBy } from '../../base/bound-signal.ts';
import type { Clock } from '../../base/clock.ts';
import { isEphemeryError } from '../../base/errors.ts';
import type { LogRequest } from '../runtime.ts';
import { type ContainerNames, labels } from './container-names.ts';
import type { Engine } from './engine.ts';
import { statusOf, unlessMissing } from './engine-refusal.ts';
import { framedLines } from './log-frames.ts';
import { ResumedLines } from './resumed-lines.ts';

const pollMs = 200;
const outagePauseMs = 1_000;
const readDeadlineMs = 60_000;

interface Following {
  readonly current: UnitRun | undefined;
  readonly tail: number | undefined;
  readonly signal: AbortSignal | undefined;
}

interface Streaming {
  readonly resumed: ResumedLines;
  readonly tail: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** One run of a unit, which is one container. */
export interface UnitRun {
  readonly id: string;
  readonly startedAtMs: number;
}

/** What units printed, over all their containers that are kept. */
export class ContainerLogs {
  private readonly engine: Engine;
  private readonly names: ContainerNames;
  private readonly clock: Clock;

  constructor(parts: { readonly engine: Engine; readonly names: ContainerNames; readonly clock: Clock }) {
    this.engine = parts.engine;
    this.names = parts.names;
    this.clock = parts.clock;
  }

  /** As `Runtime.logs` promises. */
  async *read(unit: string, { tail, follow, signal }: LogRequest): AsyncIterable<string> {
    const runs = await this.runs(unit);
    if (follow !== true) {
      yield* await this.lastOf(runs, tail);
      return;
    }
    const current = runs.at(-1);
    const inCurrent =
      current === undefined || tail === undefined ? 0 : (await this.last(current, tail)).length;
    yield* await this.lastOf(runs.slice(0, -1), tail === undefined ? undefined : tail - inCurrent);
    yield* this.follow(unit, { current, tail, signal });
  }

  private async lastOf(runs: readonly UnitRun[], count: number | undefined): Promise<readonly string[]> {
    let lines: readonly string[] = [];
    for (const run of runs.toReversed()) {
      lines = [...(await this.last(run, count === undefined ? undefined : count - lines.length)), ...lines];
    }
    return lines;
  }

  /** Follows a run to its end, then the unit's next one, through outages of the engine, until the signal. */
  private async *follow(unit: string, from: Following): AsyncIterable<string> {
    let { current } = from;
    let tail = from.tail;
    let resumed = new ResumedLines();
    while (from.signal?.aborted !== true) {
      let pauseMs = pollMs;
      try {
        if (current !== undefined) yield* this.stream(current, { resumed, tail, signal: from.signal });
        const next = (await this.runs(unit)).find(
          ({ startedAtMs }) => startedAtMs > (current?.startedAtMs ?? 0),
        );
        if (next !== undefined) {
          current = next;
          resumed = new ResumedLines();
          pauseMs = 0;
        }
      } catch (thrown) {
        if (!isEphemeryError(thrown, 'EPH-RUNTIME-UNREACHABLE')) throw thrown;
        pauseMs = outagePauseMs;
      }
      tail = undefined;
      await this.clock.sleep(pauseMs, from.signal).catch(() => undefined);
    }
  }

  /** Ends when the run has ended, when the engine goes away, and on abort. */
  private async *stream(run: UnitRun, { resumed, tail, signal }: Streaming): AsyncIterable<string> {
    resumed.begin();
    const over = new AbortController();
    const either = boundBy(signal === undefined ? [over.signal] : [over.signal, signal]);
    const options = {
      stdout: true,
      stderr: true,
      follow: true,
      timestamps: true,
      abortSignal: either.signal,
      ...(resumed.sinceSeconds === 0 ? {} : { since: resumed.sinceSeconds }),
      ...(tail === undefined ? {} : { tail }),
    } as const;
    try {
      const docker = await this.engine.open();
      const output = await docker.getContainer(run.id).logs(options);
      for await (const line of framedLines(output as unknown as AsyncIterable<Uint8Array>)) {
        const fresh = resumed.take(line);
        if (fresh !== undefined) yield fresh;
      }
    } catch (thrown) {
      if (signal?.aborted === true || statusOf(thrown) !== undefined) return;
      if (isEphemeryError(thrown)) throw thrown;
      this.engine.lost();
    } finally {
      over.abort();
      either.release();
    }
  }

  /** The last lines of one run, for the report on a task. */
  async last(run: UnitRun, count: number | undefined): Promise<readonly string[]> {
    if (count !== undefined && count <= 0) return [];
    const tail = count === undefined ? {} : { tail: count };
    const output = await this.engine.ask(
      (docker, abortSignal) =>
        unlessMissing(
          docker
            .getContainer(run.id)
            .logs({ stdout: true, stderr: true, follow: false, ...tail, abortSignal }),
        ),
      readDeadlineMs,
    );
    if (output === undefined) return [];
    const lines: string[] = [];
    for await (const line of framedLines(one(output))) lines.push(line);
    return count === undefined ? lines : lines.slice(-count);
  }

  /** All runs of a unit that are kept, the oldest first. */
  async runs(unit: string): Promise<readonly UnitRun[]> {
    if (!(await this.engine.isSettled())) return [];
    const label = [`${labels.root}=${this.names.rootId}`, `${labels.unit}=${unit}`];
    const found = await this.engine.ask((docker, abortSignal) =>
      docker.listContainers({ all: true, filters: { label }, abortSignal }),
    );
    return found
      .map(({ Id, Labels }) => ({ id: Id, startedAtMs: Number(Labels[labels.at]) }))
      .sort((a, b) => a.startedAtMs - b.startedAtMs);
  }
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
