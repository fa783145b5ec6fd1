import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileNotes } from './file-notes.ts';

describe('a note on disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'mayfly-notes-')), 'notes');
  });
  afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

  const path = () => join(folder, 'chaos');
  const text = async () => {
    const bytes = await (await openFileNotes(folder)).readNote('chaos');
    return bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : bytes;
  };
  const write = async (content: string) =>
    (await openFileNotes(folder)).writeNote('chaos', Buffer.from(content));

  it('is not there, then what was written last', async () => {
    expect(await text()).toBeUndefined();
    await write('first');
    await write('second');
    expect(await text()).toBe('second');
    expect(await (await openFileNotes(folder)).readNote('operations')).toBeUndefined();
  });

  it('is the old one when a kill left the new one half-written, which is removed', async () => {
    await write('old');
    await writeFile(`${path()}.0badf00d0bad.tmp`, (await readFile(path())).subarray(0, 9));
    expect(await text()).toBe('old');
    expect(await readdir(folder)).toEqual(['chaos']);
  });

  it('is damaged when it was cut anywhere or a byte of it is another', async () => {
    await write('what is in force');
    const whole = await readFile(path());
    const at = fc.integer({ min: 0, max: whole.length - 1 });
    await fc.assert(
      fc.asyncProperty(at, fc.boolean(), async (place, isCut) => {
        const bytes = Buffer.from(isCut ? whole.subarray(0, place) : whole);
        if (!isCut) bytes.writeUInt8(whole.readUInt8(place) ^ 0xff, place);
        await writeFile(path(), bytes);
        // The three bytes after the kind say nothing.
        const isSame = !isCut && place >= 5 && place <= 7;
        expect(await text()).toBe(isSame ? 'what is in force' : 'damaged');
      }),
      { numRuns: 60 },
    );
  });
});
