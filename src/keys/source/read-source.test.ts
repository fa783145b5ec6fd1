import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { Header } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ZipEntry, zipOf } from '../../../test/support/zip-archive.ts';
import { ArchiveRefusal } from '../../base/archive/archive-refusal.ts';
import { Secret } from '../../base/secret.ts';
import { readArchive } from '../archive/read-archive.ts';
import { readSource } from './read-source.ts';
import { SourceFiles, sourceLimits } from './source-files.ts';

const signal = new AbortController().signal;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-source-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface TarEntry {
  readonly path: string;
  readonly content?: string;
  readonly type?: 'File' | 'SymbolicLink' | 'Link' | 'CharacterDevice' | 'Directory';
  readonly linkpath?: string;
}

function tarOf(...entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap(({ path, content = '', type = 'File', linkpath = '' }) => {
    const data = Buffer.from(content);
    const header = Buffer.alloc(512);
    new Header({ path, size: data.length, type, linkpath, mode: 0o644 }).encode(header);
    return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

async function read(content: Uint8Array, password?: string): Promise<Record<string, string>> {
  const path = join(folder, 'source');
  await writeFile(path, content);
  const { files } = await readSource(path, {
    signal,
    ...(password === undefined ? {} : { password: new Secret(password) }),
  });
  return Object.fromEntries(files.map((file) => [file.path, Buffer.from(file.content).toString('utf8')]));
}

async function lockedZip(password: string, zipCrypto: boolean): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { password, zipCrypto, useWebWorkers: false });
  await writer.add('keys/a.json', new TextReader('{"a":1}'));
  return writer.close();
}

const entries = [
  { path: 'keys/', type: 'Directory' },
  { path: 'keys/a.json', content: '{"a":1}' },
  { path: 'keys/secret', content: 'p' },
  { path: 'keys/big.bin', content: 'x' },
] as const;
const wanted = { 'keys/a.json': '{"a":1}', 'keys/secret': 'p' };

describe('a source of keys', () => {
  it('is a folder, without what links lead to', async () => {
    const inner = join(folder, 'in/keys');
    await mkdir(inner, { recursive: true });
    await writeFile(join(inner, 'a.json'), '{"a":1}');
    await writeFile(join(inner, 'photo.png'), 'x');
    await writeFile(join(folder, 'outside.json'), '{}');
    await symlink(join(folder, 'outside.json'), join(inner, 'b.json'));
    await symlink(folder, join(inner, 'loop'));
    const { files } = await readSource(join(folder, 'in'), { signal });
    expect(files.map(({ path }) => path)).toEqual(['keys/a.json']);
  });

  it('is one keystore', async () => {
    await writeFile(join(folder, 'k.json'), '{}');
    expect(await readSource(join(folder, 'k.json'), { signal })).toMatchObject({
      files: [{ path: 'k.json' }],
    });
  });

  it('is a tar, plain, gzipped, xz or zstd', async () => {
    const tar = tarOf(...entries);
    expect(await read(tar)).toEqual(wanted);
    expect(await read(gzipSync(tar))).toEqual(wanted);
    for (const file of ['tar.xz', 'tar.zst'])
      expect(await read(await fixture(file))).toEqual({ 'keys/a.json': '{"a":1}\n', 'keys/secret': 'p\n' });
  });

  it('is a zip, also with a password, by either cipher', async () => {
    expect(
      await read(zipOf({ path: 'keys/', mode: 0o040755 }, { path: 'keys/a.json', content: '{"a":1}' })),
    ).toEqual({ 'keys/a.json': '{"a":1}' });
    for (const zipCrypto of [true, false]) {
      const locked = await lockedZip('open', zipCrypto);
      expect(await read(locked, 'open')).toEqual({ 'keys/a.json': '{"a":1}' });
      await expect(read(locked, 'other')).rejects.toThrow(/password is another|damaged/);
      await expect(read(locked)).rejects.toThrow(/encrypted, and no password/);
    }
  });

  it('has archives within, one level deep, in a folder too', async () => {
    const inner = tarOf({ path: 'deep.json', content: '{}' });
    const outer = zipOf({ path: 'm.json', content: '{}' }, { path: 'inner.tar', content: inner });
    expect(Object.keys(await read(outer))).toEqual(['m.json', 'inner.tar/deep.json']);
    const path = join(folder, 'in');
    await mkdir(path);
    await writeFile(join(path, 'm.zip'), outer);
    const { files } = await readSource(path, { signal });
    expect(files.map((file) => file.path)).toEqual(['m.zip/m.json', 'm.zip/inner.tar/deep.json']);
    await writeFile(join(path, 'm.zip'), zipOf({ path: 'outer.zip', content: outer }));
    await expect(readSource(path, { signal })).rejects.toThrow('only one level is read');
    await expect(read(zipOf({ path: 'outer.zip', content: outer }))).rejects.toThrow(
      'only one level is read',
    );
  });
});

async function fixture(kind: string): Promise<Uint8Array> {
  const { readFile } = await import('node:fs/promises');
  return readFile(new URL(`../../../test/fixtures/keys/archive.${kind}`, import.meta.url));
}

describe('a hostile archive is refused', () => {
  it.each<[string, readonly TarEntry[]]>([
    ['that leads out', [{ path: '../x.json', content: '{}' }]],
    ['that leads out in the middle', [{ path: 'a/../../x.json', content: '{}' }]],
    ['with an absolute path', [{ path: '/etc/x.json', content: '{}' }]],
    ['with a symbolic link', [{ path: 'x.json', type: 'SymbolicLink', linkpath: '/etc/passwd' }]],
    ['with a hard link', [{ path: 'x.json', type: 'Link', linkpath: 'a.json' }]],
    ['with a device', [{ path: 'x', type: 'CharacterDevice' }]],
    ['with a backslash', [{ path: 'a\\..\\x.json', content: '{}' }]],
    ['with a control character', [{ path: 'a\u0007.json', content: '{}' }]],
    ['that is too deep', [{ path: `${'d/'.repeat(30)}x.json`, content: '{}' }]],
  ])('tar %s', async (_what, bad) => {
    await expect(read(tarOf(...entries, ...bad))).rejects.toBeInstanceOf(ArchiveRefusal);
  });

  it.each<[string, ZipEntry]>([
    ['that leads out', { path: 'a/../../x.json', content: '{}' }],
    ['with a link', { path: 'x.json', mode: 0o120777, content: '/etc/passwd' }],
    ['with a device', { path: 'x.json', mode: 0o020644, content: '' }],
    ['with a wrong checksum', { path: 'x.json', content: '{}', announced: { crc: 1 } }],
    [
      'with more content than it says',
      { path: 'x.json', content: 'x'.repeat(5_000), announced: { bytes: 3 } },
    ],
  ])('zip %s', async (_what, bad) => {
    await expect(read(zipOf({ path: 'good.json', content: '{}' }, bad))).rejects.toBeInstanceOf(
      ArchiveRefusal,
    );
  });

  it('with a million entries, long before the last', async () => {
    const many = tarOf(...Array.from({ length: 1_000 }, (_, at) => ({ path: `f${at}.bin` })));
    const million = Buffer.concat([
      ...Array.from({ length: 1_000 }, () => many.subarray(0, -1024)),
      Buffer.alloc(1024),
    ]);
    await expect(read(gzipSync(million))).rejects.toThrow(/more than 100000 entries/);
  });

  it.each([['gzip', gzipSync(Buffer.alloc(40 << 20))]] as const)(
    'that is a bomb of %s',
    async (_kind, bomb) => {
      const into = new SourceFiles({ ...sourceLimits, unpackedBytes: 1 << 20 });
      await expect(readArchive({ content: bomb, prefix: '' }, into, { signal })).rejects.toThrow(
        /unpacks to more/,
      );
    },
  );

  it.each(['xz', 'zst'])('that is a bomb of %s', async (kind) => {
    const into = new SourceFiles({ ...sourceLimits, unpackedBytes: 1 << 20 });
    const content = await fixture(`bomb.${kind}`);
    expect(content.length).toBeLessThan(10_000);
    await expect(readArchive({ content, prefix: '' }, into, { signal })).rejects.toThrow(/unpacks to more/);
  });

  it('whose files are too large together', async () => {
    const into = new SourceFiles({ ...sourceLimits, heldBytes: 10 });
    const content = tarOf({ path: 'a.json', content: '123456' }, { path: 'b.json', content: '123456' });
    await expect(readArchive({ content, prefix: '' }, into, { signal })).rejects.toThrow(
      /too large together/,
    );
  });

  it.each(['tar', 'gzip', 'zip', 'tar.xz', 'tar.zst'])('%s that is cut short', async (kind) => {
    const tar = tarOf(...entries);
    const whole =
      { tar, gzip: gzipSync(tar), zip: zipOf({ path: 'a.json', content: 'x'.repeat(900) }) }[kind] ??
      (await fixture(kind));
    await expect(read(whole.subarray(0, whole.length / 2))).rejects.toBeInstanceOf(ArchiveRefusal);
  });

  it('and a signal to end is not taken for damage', async () => {
    const stop = new AbortController();
    stop.abort('enough');
    const reading = readArchive({ content: tarOf(...entries), prefix: '' }, new SourceFiles(), {
      signal: stop.signal,
    });
    await expect(reading).rejects.toBe('enough');
  });
});
