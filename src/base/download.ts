import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type BackoffPolicy, backoffMs } from './backoff.ts';
import { type Clock, systemClock } from './clock.ts';
import { isEphemeryError, messageOf } from './errors.ts';
import { beginsAs, type FileKind, kindWords } from './file-kind.ts';
import type { HttpAnswer, HttpClient } from './http.ts';
import { displayUrl } from './http-url.ts';
import { type Random, systemRandom } from './random.ts';
import { writeFully } from './write-fully.ts';

export interface DownloadOptions {
  readonly http: HttpClient;
  readonly url: string;
  /** The file to make; what is there is overwritten, unless `held` names it. */
  readonly file: string;
  readonly mostBytes: number;
  /** What it must begin as; a web page is never taken. */
  readonly expect: FileKind;
  /** The version of which `file` holds the beginning, as an earlier `onVersion` told it. */
  readonly held?: string;
  /** Told before the first byte which version comes; undefined when nothing names it, so that it cannot be resumed. */
  readonly onVersion?: (validator: string | undefined) => Promise<void>;
  readonly tries?: number;
  readonly backoff?: BackoffPolicy;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

export interface DownloadProgress {
  readonly url: string;
  readonly bytes: number;
  /** Absent when the server does not say. */
  readonly totalBytes?: number;
}

export interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
}

/** Less than this on average, after the grace period, is a server that keeps us waiting on purpose or is no use. */
const slowest = { bytesPerSecond: 4_096, graceMs: 20_000 };
const defaults = { tries: 4, backoff: { firstMs: 1_000, lastMs: 15_000 } };

/** Why a file could not be had; the message is the end of a sentence. */
export class DownloadFailure extends Error {
  override readonly name = 'DownloadFailure';
  /** `not-found`: the server says clearly that it does not have it. `refused`: what it sends is not to be taken. */
  readonly reason: 'not-found' | 'refused' | 'failed';

  constructor(reason: DownloadFailure['reason'], problem: string, cause?: unknown) {
    super(problem, { cause });
    this.reason = reason;
  }
}

/**
 * Downloads one file, going on where a broken connection (or, with `held`, an earlier process) left off when the
 * server can. Throws DownloadFailure, for 404, 410 and wrong content at once, for all else once its tries are used
 * up; the system's error when the disk fails; the signal's reason.
 */
export async function downloadFile(options: DownloadOptions): Promise<Downloaded> {
  const {
    clock = systemClock,
    random = systemRandom,
    tries = defaults.tries,
    backoff = defaults.backoff,
  } = options;
  const file = await open(options.file, options.held === undefined ? 'w+' : 'r+', 0o600);
  const transfer = new Transfer(options, file, clock);
  try {
    if (options.held !== undefined) await transfer.adopt(options.held);
    for (let attempt = 0; ; attempt++) {
      try {
        return await transfer.attempt();
      } catch (thrown) {
        if (options.signal?.aborted) throw options.signal.reason;
        if (!worthAnotherTry(thrown) || attempt + 1 >= tries) throw failure(thrown);
        await clock.sleep(backoffMs(backoff, attempt, random), options.signal);
      }
    }
  } finally {
    await file.close();
  }
}

/** An answer that may be better next time. */
class Retry extends Error {}

const refused = (problem: string) => new DownloadFailure('refused', problem);

function worthAnotherTry(thrown: unknown): boolean {
  if (!isEphemeryError(thrown)) return thrown instanceof Retry;
  return ['EPH-HTTP-UNREACHABLE', 'EPH-HTTP-TIMEOUT', 'EPH-HTTP-BODY'].includes(thrown.code);
}

function failure(thrown: unknown): unknown {
  if (thrown instanceof DownloadFailure) return thrown;
  const isSystem = thrown instanceof Error && 'syscall' in thrown && !isEphemeryError(thrown);
  if (isSystem) return thrown;
  return new DownloadFailure('failed', messageOf(thrown), thrown);
}

class Transfer {
  private readonly options: DownloadOptions;
  private readonly file: FileHandle;
  private readonly clock: Clock;
  private hash = createHash('sha256');
  private bytes = 0;
  /** What names exactly the version of which we have the beginning; without it nothing is resumed. */
  private validator: string | undefined;

  constructor(options: DownloadOptions, file: FileHandle, clock: Clock) {
    this.options = options;
    this.file = file;
    this.clock = clock;
  }

  /** Takes what the file holds already for the beginning of the version that `validator` names. */
  async adopt(validator: string): Promise<void> {
    const chunk = Buffer.alloc(1 << 18);
    for (;;) {
      const { bytesRead } = await this.file.read(chunk, 0, chunk.length, this.bytes);
      if (bytesRead === 0) break;
      this.hash.update(chunk.subarray(0, bytesRead));
      this.bytes += bytesRead;
    }
    this.validator = validator;
  }

  async attempt(): Promise<Downloaded> {
    const { http, url, signal } = this.options;
    const resuming = this.bytes > 0 && this.validator !== undefined;
    const range = { range: `bytes=${this.bytes}-`, 'if-range': this.validator ?? '' };
    const answer = await http.request({
      url,
      headers: resuming ? range : {},
      ...(signal === undefined ? {} : { signal }),
    });
    try {
      if (resuming && this.isAllOf(answer)) {
        answer.discard();
        return this.finish(this.bytes);
      }
      const total = await this.accept(answer, resuming);
      await this.receive(answer, total);
      return this.finish(total);
    } catch (thrown) {
      answer.discard();
      throw thrown;
    }
  }

  /** Nothing is left to send of the version that we hold: an earlier process had got all of it. */
  private isAllOf(answer: HttpAnswer): boolean {
    return answer.status === 416 && answer.header('content-range') === `bytes */${this.bytes}`;
  }

  /** Checks status and headers; gives the size of the whole file where the server tells. */
  private async accept(answer: HttpAnswer, resuming: boolean): Promise<number | undefined> {
    const { mostBytes, onVersion } = this.options;
    if (answer.status === 404 || answer.status === 410) {
      throw new DownloadFailure('not-found', `it answered with status ${answer.status}`);
    }
    const partial = resuming && answer.status === 206 && rangeStart(answer) === this.bytes;
    if (!partial) await this.restart();
    if (answer.status !== 200 && !partial) throw refusedStatus(answer.status);
    const type = answer.header('content-type') ?? '';
    if (/^text\/html\b/i.test(type)) throw refused('it answered with a web page');
    const length = answer.header('content-length');
    const total = length === undefined ? undefined : Number(length) + this.bytes;
    if (total !== undefined && !(total <= mostBytes)) throw refused(`it has more than ${mostBytes} bytes`);
    this.validator = strongValidator(answer);
    if (!partial) await onVersion?.(this.validator);
    return total;
  }

  private async restart(): Promise<void> {
    this.hash = createHash('sha256');
    this.bytes = 0;
    await this.file.truncate(0);
  }

  private async receive(answer: HttpAnswer, total: number | undefined): Promise<void> {
    const { url, mostBytes, expect, onProgress } = this.options;
    const began = { atMs: this.clock.monotonicMs(), bytes: this.bytes };
    for await (const chunk of answer.body()) {
      const first = this.bytes === 0;
      if (first && !beginsAs(expect, chunk)) throw refused(`it is no ${kindWords[expect]}`);
      if (this.bytes + chunk.length > mostBytes) throw refused(`it has more than ${mostBytes} bytes`);
      await writeFully(this.file, chunk, this.bytes);
      this.hash.update(chunk);
      this.bytes += chunk.length;
      this.throwIfTooSlow(began);
      onProgress?.({
        url: displayUrl(url),
        bytes: this.bytes,
        ...(total === undefined ? {} : { totalBytes: total }),
      });
    }
  }

  private throwIfTooSlow(began: { readonly atMs: number; readonly bytes: number }): void {
    const elapsedMs = this.clock.monotonicMs() - began.atMs;
    const rate = ((this.bytes - began.bytes) * 1_000) / elapsedMs;
    if (elapsedMs > slowest.graceMs && rate < slowest.bytesPerSecond) {
      throw new Retry(`it sends ${Math.round(rate)} bytes a second`);
    }
  }

  private finish(total: number | undefined): Downloaded {
    if (this.bytes === 0) throw new Retry('its answer is empty');
    if (total !== undefined && this.bytes !== total)
      throw new Retry(`it sent ${this.bytes} of ${total} bytes`);
    return { bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}

function refusedStatus(status: number): Error {
  if (status === 403 || status === 429) return refused(`it limits requests (status ${status})`);
  return status >= 500 || status === 206 || status === 416
    ? new Retry(`it answered with status ${status}`)
    : refused(`it answered with status ${status}`);
}

function strongValidator(answer: HttpAnswer): string | undefined {
  const etag = answer.header('etag');
  return etag !== undefined && !etag.startsWith('W/') ? etag : answer.header('last-modified');
}

function rangeStart(answer: HttpAnswer): number | undefined {
  const match = /^bytes (\d+)-/.exec(answer.header('content-range') ?? '');
  return match === null ? undefined : Number(match[1]);
}
