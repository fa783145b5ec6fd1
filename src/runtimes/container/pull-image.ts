import { isEphemeryError } from '../../base/errors.ts';
import type { Engine } from './engine.ts';
import { reasonOf } from './engine-refusal.ts';
import { containerErrors } from './errors.ts';

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
const isFull = /no space left on device|disk quota exceeded|not enough space/i;
const isGone =
  /manifest unknown|manifest for .* not found|name unknown|no such manifest|not found|requested access to the resource is denied|unauthorized|repository does not exist/i;

/**
 * Pulls an image, `repository:tag` or `repository@sha256:…`. Throws EPH-RUNTIME-IMAGE-GONE,
 * EPH-RUNTIME-PULL-NO-SPACE, EPH-RUNTIME-PULL-FAILED, EPH-RUNTIME-UNREACHABLE, and the signal's reason on abort.
 */
export async function pullImage(
  engine: Engine,
  image: string,
  how: { readonly signal?: AbortSignal; readonly onProgress?: (progress: PullProgress) => void } = {},
): Promise<void> {
  how.signal?.throwIfAborted();
  try {
    const docker = await engine.open();
    const stream = await docker.createImage(
      how.signal === undefined ? wish(image) : { ...wish(image), abortSignal: how.signal },
    );
    const layers = new Layers(image);
    for await (const line of jsonLines(stream as AsyncIterable<Uint8Array>)) {
      if (line.error !== undefined) throw pullError(image, line.error, undefined);
      if (layers.take(line)) how.onProgress?.(layers.progress());
    }
  } catch (thrown) {
    how.signal?.throwIfAborted();
    if (isEphemeryError(thrown)) throw thrown;
    engine.lost();
    throw pullError(image, reasonOf(thrown), thrown);
  }
}

/** A digest goes where a tag goes. */
function wish(image: string): { fromImage: string; tag: string } {
  const [repository = '', digest] = image.split('@');
  if (digest !== undefined) return { fromImage: repository, tag: digest };
  const colon = image.lastIndexOf(':');
  return { fromImage: image.slice(0, colon), tag: image.slice(colon + 1) };
}

function pullError(image: string, reason: string, cause: unknown): Error {
  const facts = { image, reason };
  if (isFull.test(reason)) return containerErrors.create('EPH-RUNTIME-PULL-NO-SPACE', facts, cause);
  if (isGone.test(reason)) return containerErrors.create('EPH-RUNTIME-IMAGE-GONE', facts, cause);
  return containerErrors.create('EPH-RUNTIME-PULL-FAILED', facts, cause);
}

class Layers {
  private readonly image: string;
  private readonly seen = new Map<string, { bytes: number; totalBytes: number; done: boolean }>();

  constructor(image: string) {
    this.image = image;
  }

  /** True when the line tells of a layer. */
  take({ id, status = '', progressDetail }: PullLine): boolean {
    if (id === undefined || id === '') return false;
    const { bytes, totalBytes } = this.seen.get(id) ?? { bytes: 0, totalBytes: 0 };
    const total = progressDetail?.total ?? totalBytes;
    const done = finished.test(status);
    this.seen.set(id, { bytes: done ? total : (progressDetail?.current ?? bytes), totalBytes: total, done });
    return true;
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
