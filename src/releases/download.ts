import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { type BackoffPolicy, backoffMs } from '../base/backoff.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { isEphemeryError, messageOf } from '../base/errors.ts';
import type { HttpAnswer, HttpClient } from '../base/http.ts';
import { displayUrl } from '../base/http-url.ts';
import { type Random, systemRandom } from '../base/random.ts';
import { writeFully } from '../base/write-fully.ts';
import { releaseErrors } from './errors.ts';

export interface DownloadOptions {
  readonly http: HttpClient;
  readonly url: string;
  /** The file to make; what is there is overwritten. */
  readonly file: string;
  readonly mostBytes: number;
  /** `archive` refuses what does not begin as gzip does; `any` takes everything but HTML. */
  readonly expect: 'archive' | 'any';
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

/**
 * Downloads one file, going on where a broken connection left off when the server can. Throws
 * EPH-RELEASES-NOT-FOUND for 404 and 410 at once; EPH-RELEASES-DOWNLOAD for all else once its tries are used up.
 */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  const {
    clock = systemClock,
    random = systemRandom,
    tries = defaults.tries,
    backoff = defaults.backoff,
  } = options;
  const file = await open(options.file, 'w', 0o600);
  const transfer = new Transfer(options, file, clock);
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        return await transfer.attempt();
      } catch (thrown) {
        if (options.signal?.aborted) throw options.signal.reason;
        if (!worthAnotherTry(thrown) || attempt + 1 >= tries) throw failure(options.url, thrown);
        await clock.sleep(backoffMs(backoff, attempt, random), options.signal);
      }
    }
  } finally {
    await file.close();
  }
}

/** A refusal of this very answer: not worth a try at once, but nothing is known either. */
class Refused extends Error {}

function worthAnotherTry(thrown: unknown): boolean {
  if (thrown instanceof Refused) return false;
  if (!isEphemeryError(thrown)) return thrown instanceof Retry;
  return ['EPH-HTTP-UNREACHABLE', 'EPH-HTTP-TIMEOUT', 'EPH-HTTP-BODY'].includes(thrown.code);
}

/** An answer that may be better next time. */
class Retry extends Error {}

function failure(url: string, thrown: unknown): unknown {
  if (isEphemeryError(thrown, 'EPH-RELEASES-NOT-FOUND')) return thrown;
  const isSystem = thrown instanceof Error && 'syscall' in thrown && !isEphemeryError(thrown);
  if (isSystem) return thrown;
  const facts = { url: displayUrl(url), problem: messageOf(thrown).replace(/\.$/, '') };
  return releaseErrors.create('EPH-RELEASES-DOWNLOAD', facts, thrown);
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
      const total = await this.accept(answer, resuming);
      await this.receive(answer, total);
      return this.finish(total);
    } catch (thrown) {
      answer.discard();
      throw thrown;
    }
  }

  /** Checks status and headers; gives the size of the whole file where the server tells. */
  private async accept(answer: HttpAnswer, resuming: boolean): Promise<number | undefined> {
    const { url, mostBytes } = this.options;
    if (answer.status === 404 || answer.status === 410) {
      throw releaseErrors.create('EPH-RELEASES-NOT-FOUND', { url: displayUrl(url) });
    }
    const partial = resuming && answer.status === 206 && rangeStart(answer) === this.bytes;
    if (!partial) await this.restart();
    if (answer.status !== 200 && !partial) throw refusedStatus(answer.status);
    const type = answer.header('content-type') ?? '';
    if (/^text\/html\b/i.test(type)) throw new Refused('it answered with a web page');
    const length = answer.header('content-length');
    const total = length === undefined ? undefined : Number(length) + this.bytes;
    if (total !== undefined && !(total <= mostBytes))
      throw new Refused(`it has more than ${mostBytes} bytes`);
    this.validator = strongValidator(answer);
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
      if (first && expect === 'archive' && !beginsAsGzip(chunk)) throw new Refused('it is no gzip archive');
      if (this.bytes + chunk.length > mostBytes) throw new Refused(`it has more than ${mostBytes} bytes`);
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
  if (status === 403 || status === 429) return new Refused(`it limits requests (status ${status})`);
  return status >= 500 || status === 206 || status === 416
    ? new Retry(`it answered with status ${status}`)
    : new Refused(`it answered with status ${status}`);
}

function strongValidator(answer: HttpAnswer): string | undefined {
  const etag = answer.header('etag');
  return etag !== undefined && !etag.startsWith('W/') ? etag : answer.header('last-modified');
}

function rangeStart(answer: HttpAnswer): number | undefined {
  const match = /^bytes (\d+)-/.exec(answer.header('content-range') ?? '');
  return match === null ? undefined : Number(match[1]);
}

function beginsAsGzip(chunk: Uint8Array): boolean {
  return chunk[0] === 0x1f && (chunk.length < 2 || chunk[1] === 0x8b);
}
