import { abortOf } from '../../base/abort-of.ts';
import { type BackoffPolicy, backoffMs } from '../../base/backoff.ts';
import { type Clock, maxSleepMs } from '../../base/clock.ts';
import { isEphemeryError, messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import type { Finding } from '../../core/findings/finding.ts';
import { nodeFindings } from '../../core/findings/node.ts';

/** Trying again does not help: somebody has to change the configuration, the host, or what is published. */
const definite = new Set([
  'EPH-ARTIFACT-NO-SOURCE',
  'EPH-ARTIFACT-LOCK-UNREADABLE',
  'EPH-ARTIFACT-LOCK-MISMATCH',
  'EPH-ARTIFACT-CHECKSUM',
  'EPH-ARTIFACT-NOT-PUBLISHED',
  'EPH-ARTIFACT-NEEDS',
  'EPH-ARTIFACT-PROGRAM-MISSING',
  'EPH-ARTIFACT-VERSION',
  'EPH-RUNTIME-IMAGE-GONE',
]);

const pauses: BackoffPolicy = { firstMs: 5_000, lastMs: 10 * 60_000 };
const longestDetail = 2_000;

export interface ProgramDeskOptions<T> {
  readonly node: string;
  /** What is missing, for people: `Geth 1.17.6 (archive)`. */
  readonly what: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** One try to get all of it. Throws what artifacts and runtimes throw. */
  readonly obtain: (signal: AbortSignal) => Promise<T>;
  /** No try outlives it. */
  readonly life: AbortSignal;
}

interface Failure {
  readonly thrown: unknown;
  readonly tries: number;
  readonly nextTryAtMs: number;
}

/** Obtains the programs that one node does not have yet, again and again, while others are looked after. */
export class ProgramDesk<T> {
  private readonly options: ProgramDeskOptions<T>;
  private trying: Promise<void> | undefined;
  private failure: Failure | undefined;
  private got: T | undefined;

  constructor(options: ProgramDeskOptions<T>) {
    this.options = options;
  }

  /** What they make of the node; undefined until all of them are there. */
  get obtained(): T | undefined {
    return this.got;
  }

  /** Why the last try failed, where no other one can do better by itself. */
  get definiteFailure(): Error | undefined {
    const thrown = this.failure?.thrown;
    return isEphemeryError(thrown) && definite.has(thrown.code) ? thrown : undefined;
  }

  /** Resolves once one try has ended, well or not; the try under way where there is one. */
  try(): Promise<void> {
    this.trying ??= this.tryNow().finally(() => {
      this.trying = undefined;
    });
    return this.trying;
  }

  /** Tries until all is there or the signal aborts. */
  async run(signal: AbortSignal): Promise<T | undefined> {
    const { clock, life } = this.options;
    while (this.got === undefined && !signal.aborted && !life.aborted) {
      const leftMs = (this.failure?.nextTryAtMs ?? 0) - clock.nowMs();
      if (leftMs <= 0) await Promise.race([this.try(), abortOf(signal)]);
      else await clock.sleep(Math.min(leftMs, maxSleepMs), signal).catch(() => undefined);
    }
    return this.got;
  }

  /** Nothing before the first try has failed. */
  findings(): readonly Finding[] {
    if (this.failure === undefined || this.got !== undefined) return [];
    const { node, what: target } = this.options;
    const { thrown, tries, nextTryAtMs } = this.failure;
    const known = isEphemeryError(thrown);
    const code = known ? thrown.code : 'UNEXPECTED';
    const advice = known ? thrown.remedy : 'Look into the log of the supervisor.';
    const detail = messageOf(thrown).slice(0, longestDetail);
    const facts = { target, code, detail, tries, nextTryAtMs, advice };
    return [nodeFindings.create('EPH-NODE-PROGRAM-MISSING', facts, { node })];
  }

  private async tryNow(): Promise<void> {
    const { obtain, life, clock, random, log, node, what } = this.options;
    try {
      this.got = await obtain(life);
      log.info('programs of a node were obtained', { node, what });
    } catch (thrown) {
      if (life.aborted) return;
      const tries = (this.failure?.tries ?? 0) + 1;
      const pauseMs = backoffMs(pauses, tries - 1, random);
      this.failure = { thrown, tries, nextTryAtMs: clock.nowMs() + pauseMs };
      log.error('programs of a node cannot be had', {
        node,
        what,
        reason: messageOf(thrown),
        tries,
        pauseMs,
      });
    }
  }
}
