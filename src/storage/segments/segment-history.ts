import { appendFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from '../../base/make-folders.ts';
import type { History, HistoryPoint, HistoryQuery } from '../history.ts';

export interface SegmentHistoryOptions {
  readonly folder: string;
  /** 1 MB unless told. */
  readonly segmentBytes?: number;
  /** The oldest go; 32 unless told. */
  readonly segments?: number;
}

const nameForm = /^history-([0-9]{1,12})\.ndjson$/;

/**
 * History as lines in a few bounded files: `[series, atMs, values]`. A line that was torn by a kill, or is of
 * another form, is skipped. One writer; any number of readers.
 */
export class SegmentHistory implements History {
  private readonly folder: string;
  private readonly segmentBytes: number;
  private readonly segments: number;
  private current: { readonly number: number; bytes: number } | undefined;

  constructor({ folder, segmentBytes = 1_000_000, segments = 32 }: SegmentHistoryOptions) {
    this.folder = folder;
    this.segmentBytes = segmentBytes;
    this.segments = segments;
  }

  /** Rejects with the system's error when the disk refuses. */
  async append(points: readonly HistoryPoint[]): Promise<void> {
    if (points.length === 0) return;
    const text = points
      .map((point) => `${JSON.stringify([point.series, point.atMs, point.values])}\n`)
      .join('');
    try {
      await this.write(text);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
      // Somebody deleted the folder: it is begun anew.
      this.current = undefined;
      await this.write(text);
    }
  }

  async read({ series, sinceMs, most }: HistoryQuery): Promise<readonly HistoryPoint[]> {
    const points: HistoryPoint[] = [];
    for (const number of await this.numbers()) {
      const text = await readFile(this.pathOf(number), 'utf8').catch(() => '');
      for (const line of text.split('\n')) {
        // Most lines are of other series: their JSON is not even looked at.
        if (!line.startsWith(`["${series}",`)) continue;
        const point = pointOf(line);
        if (point !== undefined && point.series === series && point.atMs >= sinceMs) points.push(point);
      }
    }
    return thinned(points, most);
  }

  private async write(text: string): Promise<void> {
    const segment = await this.segmentFor(Buffer.byteLength(text));
    // A line that was torn before ends here.
    const lead = segment.isReopened ? '\n' : '';
    await appendFile(this.pathOf(segment.number), `${lead}${text}`, { mode: 0o600 });
  }

  private async segmentFor(
    bytes: number,
  ): Promise<{ readonly number: number; readonly isReopened: boolean }> {
    const isReopened = this.current === undefined;
    const current = this.current ?? (await this.reopen());
    const isFull = current.bytes > 0 && current.bytes + bytes > this.segmentBytes;
    const segment = isFull ? { number: current.number + 1, bytes: 0 } : current;
    if (isFull) await this.dropOldest(segment.number);
    segment.bytes += bytes;
    this.current = segment;
    return { number: segment.number, isReopened: isReopened && segment.bytes > bytes };
  }

  private async reopen(): Promise<{ number: number; bytes: number }> {
    await makeFolders(this.folder, 0o700);
    const number = (await this.numbers()).at(-1) ?? 1;
    const bytes = await stat(this.pathOf(number)).then(
      ({ size }) => size,
      () => 0,
    );
    return { number, bytes };
  }

  private async dropOldest(newest: number): Promise<void> {
    const old = (await this.numbers()).filter((number) => number <= newest - this.segments);
    await Promise.all(old.map((number) => rm(this.pathOf(number), { force: true })));
  }

  private async numbers(): Promise<readonly number[]> {
    const names = await readdir(this.folder).catch(() => []);
    return names
      .flatMap((name) => {
        const number = nameForm.exec(name)?.[1];
        return number === undefined ? [] : [Number(number)];
      })
      .sort((a, b) => a - b);
  }

  private pathOf(number: number): string {
    return join(this.folder, `history-${number}.ndjson`);
  }
}

function pointOf(line: string): HistoryPoint | undefined {
  try {
    const [series, atMs, values] = JSON.parse(line) as [unknown, unknown, unknown];
    if (typeof series !== 'string' || typeof atMs !== 'number') return undefined;
    if (typeof values !== 'object' || values === null) return undefined;
    const numbers = Object.entries(values).filter(([, value]) => typeof value === 'number');
    return { series, atMs, values: Object.fromEntries(numbers) as Record<string, number> };
  } catch {
    return undefined;
  }
}

/** Evenly spread, the first and the last among them. */
function thinned(points: readonly HistoryPoint[], most: number): readonly HistoryPoint[] {
  if (points.length <= most || most < 2) return points.slice(-most);
  const stride = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => points[Math.round(index * stride)]).filter(
    (point): point is HistoryPoint => point !== undefined,
  );
}
