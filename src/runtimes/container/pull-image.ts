import type { Clock } from '../../base/clock.ts';
import { isEphemeryError } from '../../base/errors.ts';
import type { Engine } from './engine.ts';
import { reasonOf } from './engine-refusal.ts';
import { containerErrors } from './errors.ts';
import { pullRefusal } from './pull-refusal.ts';
import { type PullStage, PullWatch } from './pull-watch.ts';

export interface PullProgress {
  readonly image: string;
  readonly layers: number;
  readonly layersDone: number;
  readonly bytes: number;
  /** Of the layers whose size was told so far. */
  readonly totalBytes: number;
}

/** One line of the engine's report (Docker Engine API, "Create an image"). */
interface PullLine {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

const finished = /^(pull complete|already exists|download complete|exists)/i;
/** Docker checks and unpacks what it has downloaded, and tells of it. */
const fetched = /^(verifying checksum|extracting)/i;

export interface PullOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PullProgress) => void;
}

/**
 * Pulls an image, `repository:tag` or `repository@sha256:…`. However slow, it goes on as long as something comes.
 * Throws EPH-RUNTIME-IMAGE-GONE, EPH-RUNTIME-PULL-NO-SPACE, EPH-RUNTIME-PULL-STALLED, EPH-RUNTIME-PULL-FAILED,
 * EPH-RUNTIME-UNREACHABLE, and the signal's reason on abort.
 */
export async function pullImage(engine: Engine, image: string, how: PullOptions): Promise<void> {
  how.signal?.throwIfAborted();
  const watch = new PullWatch(how.clock, how.signal);
  try {
    const docker = await engine.open();
    const stream = await docker.createImage({ ...wish(image), abortSignal: watch.signal });
    const layers = new Layers(image);
    for await (const line of jsonLines(stream as AsyncIterable<Uint8Array>)) {
      if (line.error !== undefined) throw pullRefusal(image, line.error, undefined);
      if (!layers.take(line)) continue;
      watch.alive(layers.stage());
      how.onProgress?.(layers.progress());
    }
  } catch (thrown) {
    how.signal?.throwIfAborted();
    if (isEphemeryError(thrown)) throw thrown;
    engine.lost();
    throw watch.stalledMs === undefined
      ? pullRefusal(image, reasonOf(thrown), thrown)
      : stalled(image, watch.stalledMs, thrown);
  } finally {
    watch.end();
  }
}

function stalled(image: string, silentMs: number, cause: unknown): Error {
  const facts = { image, silentSeconds: Math.round(silentMs / 1000) };
  return containerErrors.create('EPH-RUNTIME-PULL-STALLED', facts, cause);
}

/** A digest goes where a tag goes. */
function wish(image: string): { fromImage: string; tag: string } {
  const [repository = '', digest] = image.split('@');
  if (digest !== undefined) return { fromImage: repository, tag: digest };
  const colon = image.lastIndexOf(':');
  return { fromImage: image.slice(0, colon), tag: image.slice(colon + 1) };
}

interface Layer {
  readonly status: string;
  readonly bytes: number;
  readonly totalBytes: number;
  readonly done: boolean;
}

class Layers {
  private readonly image: string;
  private readonly seen = new Map<string, Layer>();

  constructor(image: string) {
    this.image = image;
  }

  /** True when the line tells something new of a layer: some engines say the same again and again while nothing comes. */
  take({ id, status = '', progressDetail }: PullLine): boolean {
    if (id === undefined || id === '') return false;
    const before = this.seen.get(id);
    const totalBytes = progressDetail?.total ?? before?.totalBytes ?? 0;
    const done = finished.test(status);
    const bytes = done ? totalBytes : (progressDetail?.current ?? before?.bytes ?? 0);
    this.seen.set(id, { status, bytes, totalBytes, done });
    return before?.status !== status || before.bytes !== bytes || before.totalBytes !== totalBytes;
  }

  stage(): PullStage {
    const layers = [...this.seen.values()];
    const isThere = ({ done, status }: Layer) => done || fetched.test(status);
    return layers.every(isThere) ? 'unpacking' : 'fetching';
  }

  progress(): PullProgress {
    const all = [...this.seen.values()];
    return {
      image: this.image,
      layers: all.length,
      layersDone: all.filter(({ done }) => done).length,
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      totalBytes: all.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
    };
  }
}

async function* jsonLines(stream: AsyncIterable<Uint8Array>): AsyncIterable<PullLine> {
  let held = '';
  for await (const chunk of stream) {
    held += Buffer.from(chunk).toString('utf8');
    const lines = held.split('\n');
    held = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as PullLine);
  }
  if (held.trim() !== '') yield JSON.parse(held) as PullLine;
}
