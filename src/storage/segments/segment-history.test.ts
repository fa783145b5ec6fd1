import { appendFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SegmentHistory } from './segment-history.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'history-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const point = (atMs: number, series = 'a') => ({ series, atMs, values: { head: atMs * 2 } });
const all = { sinceMs: 0, most: 10_000 };

describe('history in segments', () => {
  it('gives back what was written, by series and time, over a restart', async () => {
    await new SegmentHistory({ folder }).append([point(1), point(2, 'b'), point(3)]);
    await new SegmentHistory({ folder }).append([point(4)]);
    const history = new SegmentHistory({ folder });
    expect(await history.read({ series: 'a', ...all })).toEqual([point(1), point(3), point(4)]);
    expect(await history.read({ series: 'a', sinceMs: 3, most: 10 })).toEqual([point(3), point(4)]);
    expect(await history.read({ series: 'none', ...all })).toEqual([]);
  });

  it('stays within its bounds, the oldest going first', async () => {
    const history = new SegmentHistory({ folder, segmentBytes: 200, segments: 3 });
    for (let atMs = 1; atMs <= 100; atMs += 1) await history.append([point(atMs)]);
    expect((await readdir(folder)).length).toBeLessThanOrEqual(3);
    const kept = await history.read({ series: 'a', ...all });
    expect(kept.at(-1)).toEqual(point(100));
    expect(kept[0]?.atMs).toBeGreaterThan(50);
  });

  it('loses no more than the line that a kill tore', async () => {
    await new SegmentHistory({ folder }).append([point(1)]);
    await appendFile(join(folder, 'history-1.ndjson'), '["a",2,{"he');
    await new SegmentHistory({ folder }).append([point(3)]);
    expect(await new SegmentHistory({ folder }).read({ series: 'a', ...all })).toEqual([point(1), point(3)]);
  });

  it('can be deleted under way, and passes over what is not its own', async () => {
    const history = new SegmentHistory({ folder });
    await history.append([point(1)]);
    await rm(folder, { recursive: true });
    expect(await history.read({ series: 'a', ...all })).toEqual([]);
    await history.append([point(2)]);
    await writeFile(join(folder, 'notes.txt'), '["a",9,{}]');
    expect(await history.read({ series: 'a', ...all })).toEqual([point(2)]);
  });

  it('thins many points evenly and keeps both ends', async () => {
    const history = new SegmentHistory({ folder });
    await history.append(Array.from({ length: 1_000 }, (_, index) => point(index)));
    const points = await history.read({ series: 'a', sinceMs: 0, most: 11 });
    expect(points.map(({ atMs }) => atMs)).toEqual([0, 100, 200, 300, 400, 500, 599, 699, 799, 899, 999]);
  });
});
