import { appendFile, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../base/clock.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { LogFiles } from './log-files.ts';
import { readLog, tailFrom } from './log-reader.ts';

let folder: string;
let files: LogFiles;
const clock = new VirtualClock(0);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-logs-'));
  files = new LogFiles(folder, { maxBytes: 100, keep: 2 });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const write = (text: string) => appendFile(files.current('u'), text);

async function read(tail?: number): Promise<string[]> {
  const lines: string[] = [];
  const request = { clock, ...(tail === undefined ? {} : { tail }) };
  for await (const line of readLog(files, 'u', request)) lines.push(line);
  return lines;
}

describe('rotation of logs', () => {
  it('leaves a log alone until it is too large', async () => {
    await write('a\n');
    expect(await files.rotateWhenLarge('u')).toBe(false);
    await write(`${'b'.repeat(100)}\n`);
    expect(await files.rotateWhenLarge('u')).toBe(true);
    expect((await stat(files.current('u'))).size).toBe(0);
  });

  it('lets the writer go on in the same file, and keeps so many old ones', async () => {
    const writer = await files.openForAppend('u');
    for (const letter of ['a', 'b', 'c', 'd']) {
      await writer.write(`${letter.repeat(101)}\n`);
      expect(await files.rotateWhenLarge('u')).toBe(true);
    }
    await writer.write('last\n');
    await writer.close();
    expect(await readFile(files.current('u'), 'utf8')).toBe('last\n');
    expect(await read()).toEqual(['c'.repeat(101), 'd'.repeat(101), 'last']);
    expect(await read(2)).toEqual(['d'.repeat(101), 'last']);
  });

  it('does nothing for a log that is not there', async () => {
    expect(await files.rotateWhenLarge('nobody')).toBe(false);
  });
});

describe('reading logs', () => {
  it('gives the last n lines of any text, as if it had been cut in memory', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'ü', ' ', '字'), maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(line, { minLength: 1, maxLength: 5 }), { maxLength: 4 }),
        fc.nat({ max: 12 }),
        async (batches, tail) => {
          await rm(folder, { recursive: true, force: true });
          folder = await mkdtemp(join(tmpdir(), 'ephemery-logs-'));
          files = new LogFiles(folder, { maxBytes: 0, keep: 9 });
          for (const batch of batches) {
            await files.rotateWhenLarge('u');
            await write(batch.map((text) => `${text}\n`).join(''));
          }
          const all = batches.flat();
          expect(await read()).toEqual(all);
          expect(await read(tail)).toEqual(tail === 0 ? [] : all.slice(-tail));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('finds the last lines in a log of many chunks', async () => {
    files = new LogFiles(folder, { maxBytes: 1e9, keep: 1 });
    const all = Array.from({ length: 30_000 }, (_, index) => `line ${index}`);
    await write(`${all.join('\n')}\n`);
    expect(await read(12_345)).toEqual(all.slice(-12_345));
  });

  it('gives an unfinished last line, and cuts an endless one', async () => {
    await write(`one\n${'x'.repeat(600_000)}`);
    const [first, ...pieces] = await read();
    expect(first).toBe('one');
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.join('')).toBe('x'.repeat(600_000));
  });

  it('follows over rotations, without losing or repeating a line', async () => {
    const abort = new AbortController();
    const lines: string[] = [];
    let naps = 0;
    const watched: Clock = {
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      sleep: (durationMs, signal) => {
        naps += 1;
        return clock.sleep(durationMs, signal);
      },
    };
    /** Returns after the reader looked at the files at least once, in the middle of a look or not. */
    const look = async () => {
      const before = naps;
      while (naps < before + 2) await clock.advance(100);
    };
    const following = (async () => {
      const request = { clock: watched, follow: true, signal: abort.signal };
      for await (const line of readLog(files, 'u', request)) lines.push(line);
    })();
    const written: string[] = [];
    for (let round = 0; round < 60; round++) {
      // Lines end in the next write, and are longer or shorter than what was there before the rotation.
      const line = `round ${round} ${'x'.repeat((round * 37) % 180)}`;
      await write(line.slice(0, 7));
      if (round % 3 === 1) await look();
      await files.rotateWhenLarge('u');
      await write(`${line.slice(7)}\n`);
      written.push(line);
      await look();
    }
    await look();
    abort.abort();
    await following;
    expect(lines).toEqual(written);
  });

  it('finishes a rotation that a kill interrupted, and reads every line', async () => {
    await write('before\n');
    await rename(files.current('u'), `${files.current('u')}.rotating`);
    await write('after\n');
    expect(await files.rotateWhenLarge('u')).toBe(false);
    expect(await read()).toEqual(['before', 'after']);
  });

  it('reports only what came after an offset', async () => {
    await write('before\n');
    const offset = await files.size('u');
    await write('a\nb\nc\n');
    expect(await tailFrom(files.current('u'), offset, 2)).toEqual(['b', 'c']);
  });
});
