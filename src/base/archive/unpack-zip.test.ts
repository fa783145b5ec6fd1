import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ZipEntry, zipOf } from '../../../test/support/zip-archive.ts';
import { ArchiveRefusal } from './archive-refusal.ts';
import type { UnpackOptions } from './unpack-folder.ts';
import { unpackZip } from './unpack-zip.ts';

let folder: string;
let target: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unzip-'));
  target = join(folder, 'target');
  await mkdir(target);
});

afterEach(() => rm(folder, { recursive: true }));

const limits = { unpackedBytes: 2_000_000, fileBytes: 1_000_000, entries: 20 };

async function unpack(archive: Buffer, more: Partial<UnpackOptions> = {}): Promise<string[]> {
  const path = join(folder, 'some.zip');
  await writeFile(path, archive);
  await unpackZip(path, target, { limits, ...more });
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  return entries
    .filter((each) => !each.isDirectory())
    .map((each) => join(each.parentPath, each.name).slice(target.length + 1))
    .sort();
}

describe('a zip archive', () => {
  it('is unpacked: files, folders, executables where they are wanted', async () => {
    const archive = zipOf(
      { path: 'lib/', mode: 0o040755 },
      { path: 'lib/a.so', content: 'x'.repeat(500_000) },
      { path: 'client', content: 'run', mode: 0o104755 },
      { path: 'empty' },
    );
    expect(await unpack(archive, { executables: true })).toEqual(['client', 'empty', 'lib/a.so']);
    expect(await readFile(join(target, 'lib/a.so'), 'utf8')).toBe('x'.repeat(500_000));
    expect((await stat(join(target, 'client'))).mode & 0o7777).toBe(0o755);
    expect((await stat(join(target, 'empty'))).mode & 0o7777).toBe(0o644);
  });

  it.each<[string, RegExp, ZipEntry]>([
    ['an absolute path', /absolute/, { path: '/etc/x' }],
    ['a parent path', /\.\./, { path: 'a/../../x' }],
    ['a backslash', /characters/, { path: 'a\\x' }],
    ['a line break in a name', /characters/, { path: 'a\nb' }],
    ['a symbolic link', /symbolic link/, { path: 'x', mode: 0o120777, content: '/etc' }],
    ['a device', /special file/, { path: 'x', mode: 0o020644 }],
    ['a file twice', /twice/, { path: 'GOOD' }],
    ['a wrong checksum', /damaged/, { path: 'x', content: 'text', announced: { crc: 1 } }],
    ['more content than announced', /bytes/, { path: 'x', content: 'text', announced: { bytes: 3 } }],
    ['less content than announced', /bytes/, { path: 'x', content: 'text', announced: { bytes: 9 } }],
    ['an encrypted file', /encrypted/, { path: 'x', content: 'text', flags: 0x801 }],
    ['a file too large', /too large/, { path: 'x', content: Buffer.alloc(1_000_001) }],
  ])('with %s is refused', async (_, problem, entry) => {
    const unpacked = unpack(zipOf({ path: 'good', content: 'x' }, entry));
    await expect(unpacked).rejects.toThrow(problem);
    await expect(unpacked).rejects.toBeInstanceOf(ArchiveRefusal);
    expect(await readdir(folder)).toEqual(['some.zip', 'target']);
  });

  it('that is a bomb which lies about its size stops at the limit', async () => {
    const bomb = zipOf({ path: 'x', content: Buffer.alloc(50_000_000), announced: { bytes: 10 } });
    await expect(unpack(bomb)).rejects.toBeInstanceOf(ArchiveRefusal);
    expect((await stat(join(target, 'x'))).size).toBeLessThan(2_100_000);
  });

  it('with too many entries is refused', async () => {
    const many = Array.from({ length: 21 }, (_, index) => ({ path: `f${index}` }));
    await expect(unpack(zipOf(...many))).rejects.toThrow(/entries/);
  });

  it('cut short anywhere is refused', async () => {
    const whole = zipOf({ path: 'a', content: 'x'.repeat(3_000) }, { path: 'b', content: 'y' });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        await rm(target, { recursive: true });
        await mkdir(target);
        await expect(unpack(whole.subarray(0, length))).rejects.toBeInstanceOf(ArchiveRefusal);
      }),
      { numRuns: 40 },
    );
  });
});

describe('links, where they may stay inside', () => {
  const linked = (path: string, to: string): ZipEntry => ({ path, mode: 0o120777, content: to });

  it('are made once everything else is there', async () => {
    const archive = zipOf(linked('bin/current', '../lib/client'), { path: 'lib/client', content: 'run' });
    expect(await unpack(archive, { links: 'inside' })).toEqual(['bin/current', 'lib/client']);
    expect(await readFile(join(target, 'bin/current'), 'utf8')).toBe('run');
  });

  it.each([
    ['/etc/passwd', /leads out/],
    ['../../outside', /leads out/],
    ['a/../../../x', /leads out/],
    ['', /leads out/],
    ['nowhere', /to nothing/],
    ['..', /to nothing/],
    ['other', /to nothing/],
  ])('to %j are refused', async (to, problem) => {
    await writeFile(join(folder, 'outside'), 'secret');
    const archive = zipOf({ path: 'good', content: 'x' }, linked('bin/x', to), linked('bin/other', 'x'));
    await expect(unpack(archive, { links: 'inside' })).rejects.toThrow(problem);
  });

  it('are never written through', async () => {
    const archive = zipOf(
      linked('x', 'good'),
      { path: 'good/y', content: '1' },
      { path: 'x/z', content: '2' },
    );
    await expect(unpack(archive, { links: 'inside' })).rejects.toBeInstanceOf(ArchiveRefusal);
  });
});
