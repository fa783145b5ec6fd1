import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
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

  it('follows over a rotation, without losing or repeating a line', async () => {
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
    /** Returns while the reader sleeps after a look at the files that began after this call. */
    const look = async () => {
      const before = naps;
      while (naps === before) await clock.advance(200);
    };
    await write('zero\n');
    const following = (async () => {
      const request = { clock: watched, follow: true, signal: abort.signal };
      for await (const line of readLog(files, 'u', request)) lines.push(line);
    })();
    await look();
    await write(`one\n${'2'.repeat(120)}\nhal`);
    await files.rotateWhenLarge('u');
    await write('f\nlonger than what had been read before the rotation, so that size alone tells nothing\n');
    await look();
    await look();
    await write('end\n');
    await look();
    abort.abort();
    await following;
    expect(lines).toEqual([
      'zero',
      'one',
      '2'.repeat(120),
      'half',
      'longer than what had been read before the rotation, so that size alone tells nothing',
      'end',
    ]);
  });

  it('reports only what came after an offset', async () => {
    await write('before\n');
    const offset = await files.size('u');
    await write('a\nb\nc\n');
    expect(await tailFrom(files.current('u'), offset, 2)).toEqual(['b', 'c']);
  });
});
