import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Header, type HeaderData, Pax } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryPath } from '../../base/archive/entry-path.ts';
import type { ArchiveLimits } from '../../base/archive/limits.ts';
import { normaliseLayout } from './layout.ts';
import { archiveLimits } from './limits.ts';
import { unpackArchive } from './unpack.ts';

let folder: string;
let target: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unpack-'));
  target = join(folder, 'target');
  await mkdir(target);
});

afterEach(() => rm(folder, { recursive: true }));

/** One entry as it stands in a tar archive, without the care that a packer takes. */
function entry(header: HeaderData, content = ''): Buffer {
  const body = Buffer.from(content);
  const block = Buffer.alloc(512);
  new Header({ mode: 0o644, size: body.length, type: 'File', ...header }).encode(block);
  return Buffer.concat([block, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

const ending = Buffer.alloc(1024);
const archiveOf = (...entries: Buffer[]) => gzipSync(Buffer.concat([...entries, ending]));

async function unpack(archive: Uint8Array, limits: Partial<ArchiveLimits> = {}): Promise<string[]> {
  const path = join(folder, 'some.tar.gz');
  await writeFile(path, archive);
  await unpackArchive(path, target, { limits: { ...archiveLimits, ...limits } });
  const entries = await readdir(target, { recursive: true, withFileTypes: true });
  const files = entries.filter((each) => each.isFile());
  return files.map((each) => join(each.parentPath, each.name).slice(target.length + 1)).sort();
}

const refusal = (problem: RegExp) => ({
  code: 'EPH-RELEASES-ARCHIVE',
  facts: { archive: 'some.tar.gz', problem: expect.stringMatching(problem) },
});

describe('an archive', () => {
  it('is unpacked: files, folders, empty files, long names, our own permissions', async () => {
    const long = `metadata/${'n'.repeat(180)}`;
    const pax = new Pax({ path: long }).encode();
    const files = await unpack(
      archiveOf(
        entry({ path: 'metadata/', type: 'Directory' }),
        entry({ path: './metadata/a', mode: 0o4777 }, 'x'.repeat(1_000_000)),
        entry({ path: 'empty' }),
        pax,
        entry({ path: 'short' }, 'long'),
      ),
    );
    expect(files).toEqual(['empty', 'metadata/a', long]);
    expect(await readFile(join(target, 'metadata/a'), 'utf8')).toBe('x'.repeat(1_000_000));
    expect((await stat(join(target, 'metadata/a'))).mode & 0o7777).toBe(0o644);
  });

  it.each<[string, RegExp, Buffer]>([
    ['an absolute path', /absolute/, entry({ path: '/etc/x' }, 'x')],
    ['a parent path', /out of the folder/, entry({ path: 'a/../../x' }, 'x')],
    [
      'a parent path in a long name',
      /out of the folder/,
      Buffer.concat([new Pax({ path: '../x' }).encode(), entry({ path: 'ok' }, 'x')]),
    ],
    ['a symbolic link', /SymbolicLink/, entry({ path: 'x', type: 'SymbolicLink', linkpath: '/etc/passwd' })],
    ['a hard link', /Link/, entry({ path: 'x', type: 'Link', linkpath: 'y' })],
    ['a character device', /CharacterDevice/, entry({ path: 'x', type: 'CharacterDevice' })],
    ['a block device', /BlockDevice/, entry({ path: 'x', type: 'BlockDevice' })],
    ['a pipe', /FIFO/, entry({ path: 'x', type: 'FIFO' })],
    ['a name with a line break', /characters/, entry({ path: 'a\nb' }, 'x')],
    ['a name with a backslash', /characters/, entry({ path: '..\\x' }, 'x')],
    ['a drive letter', /absolute/, entry({ path: 'C:x' }, 'x')],
    ['a file twice', /twice/, Buffer.concat([entry({ path: 'x' }, '1'), entry({ path: './x' }, '2')])],
    [
      'names that differ in case',
      /twice/,
      Buffer.concat([entry({ path: 'x' }, '1'), entry({ path: 'X' }, '2')]),
    ],
    [
      'a file as a folder',
      /EEXIST|ENOTDIR/,
      Buffer.concat([entry({ path: 'x' }, '1'), entry({ path: 'x/y' }, '2')]),
    ],
    ['depth', /deep/, entry({ path: `${'a/'.repeat(9)}x` }, 'x')],
  ])('with %s is refused', async (_, problem, bytes) => {
    await expect(unpack(archiveOf(entry({ path: 'good' }, 'x'), bytes))).rejects.toMatchObject(
      refusal(problem),
    );
    expect(await readdir(folder)).toEqual(['some.tar.gz', 'target']);
  });

  it('that is a gzip bomb is refused before it is unpacked', async () => {
    const bomb = archiveOf(entry({ path: 'zeros' }, '\0'.repeat(20_000_000)));
    expect(bomb.length).toBeLessThan(100_000);
    await expect(unpack(bomb, { unpackedBytes: 1_000_000 })).rejects.toMatchObject(
      refusal(/too large|more than/),
    );
    const path = join(target, 'zeros');
    expect(
      await stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ).toBeLessThan(2_000_000);
  });

  it('whose headers alone are a bomb is refused', async () => {
    const headers = Array.from({ length: 5_000 }, (_, i) => new Pax({ path: `n${i}` }).encode());
    await expect(unpack(archiveOf(...headers), { unpackedBytes: 1_000_000 })).rejects.toMatchObject(
      refusal(/more than/),
    );
  });

  it('with more entries than a release has is refused, counting folders', async () => {
    const many = Array.from({ length: 60 }, (_, i) => entry({ path: `d${i}`, type: 'Directory' }));
    await expect(unpack(archiveOf(...many), { entries: 50 })).rejects.toMatchObject(refusal(/entries/));
  });

  it('with one file too large is refused by its header', async () => {
    const large = entry({ path: 'x' }, 'x'.repeat(5_000));
    await expect(unpack(archiveOf(large), { fileBytes: 4_999 })).rejects.toMatchObject(refusal(/too large/));
  });

  it('that is gzip within gzip does not escape the limits', async () => {
    const inner = archiveOf(entry({ path: 'zeros' }, '\0'.repeat(5_000_000)));
    await expect(unpack(gzipSync(inner), { unpackedBytes: 1_000_000 })).rejects.toMatchObject(refusal(/./));
  });

  it('cut short anywhere is refused', async () => {
    const whole = archiveOf(entry({ path: 'a' }, 'x'.repeat(3_000)), entry({ path: 'b' }, 'y'));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        await rm(target, { recursive: true });
        await mkdir(target);
        await expect(unpack(whole.subarray(0, length))).rejects.toMatchObject({
          code: 'EPH-RELEASES-ARCHIVE',
        });
      }),
      { numRuns: 60 },
    );
  });

  it('with one bit turned is refused or unpacks to what it was', async () => {
    const whole = archiveOf(entry({ path: 'a' }, 'some content'), entry({ path: 'b' }, 'y'));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length * 8 - 1 }), async (bit) => {
        await rm(target, { recursive: true });
        await mkdir(target);
        const turned = Buffer.from(whole);
        turned.writeUInt8(turned.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        const files = await unpack(turned).catch((thrown: unknown) => thrown);
        if (!Array.isArray(files)) expect(files).toMatchObject({ code: 'EPH-RELEASES-ARCHIVE' });
        else expect(await readFile(join(target, 'a'), 'utf8')).toBe('some content');
      }),
      { numRuns: 100 },
    );
  });

  it.each<[string, Buffer]>([
    [
      'something behind its end',
      Buffer.concat([archiveOf(entry({ path: 'a' }, 'x')), Buffer.from('garbage')]),
    ],
    ['no entries', archiveOf()],
    ['no content', Buffer.alloc(0)],
    ['text instead of gzip', Buffer.from('<html>')],
    ['text inside of gzip', gzipSync(Buffer.from('hello'.repeat(500)))],
    ['an unpacked tar', Buffer.concat([entry({ path: 'a' }, 'x'), ending])],
  ])('with %s is refused', async (_, archive) => {
    await expect(unpack(archive)).rejects.toMatchObject({ code: 'EPH-RELEASES-ARCHIVE' });
  });

  it('is left at once when aborted', async () => {
    const path = join(folder, 'some.tar.gz');
    await writeFile(path, archiveOf(entry({ path: 'a' }, 'x')));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(unpackArchive(path, target, { signal })).rejects.toThrow('enough');
  });
});

describe('the path of an entry', () => {
  it('never leaves the folder', () => {
    const part = fc.constantFrom('..', '.', '', 'a', '/', '\\', '\0', 'C:', '...', ' ');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const path = entryPath(parts.join('/'));
        if ('problem' in path) return;
        expect(join('/srv/folder', ...path.parts)).toMatch(/^\/srv\/folder(\/|$)/);
      }),
    );
  });
});

describe('layouts', () => {
  async function normalised(files: readonly string[]): Promise<string[]> {
    for (const file of files) {
      await mkdir(join(target, file, '..'), { recursive: true });
      await writeFile(join(target, file), file);
    }
    await normaliseLayout(target);
    const entries = await readdir(target, { recursive: true, withFileTypes: true });
    const found = entries.filter((each) => each.isFile());
    return found.map((each) => join(each.parentPath, each.name).slice(target.length + 1)).sort();
  }

  it('network-config stays, but for what no release has at its top', async () => {
    const files = [
      'metadata/genesis.json',
      'metadata/new.json',
      'parsed/x',
      'retention.vars',
      'release.json',
      'bin/sh',
    ];
    expect(await normalised(files)).toEqual([
      'metadata/genesis.json',
      'metadata/new.json',
      'parsed/x',
      'retention.vars',
    ]);
  });

  it('the flat one is mapped, with further names where the first is absent', async () => {
    const files = [
      'genesis.json',
      'retention.vars',
      'validator-names.yaml',
      'parsedBeaconState.json',
      'boot_enr.txt',
      'enodes.txt',
      'bootnode.txt',
      'bootnode-keys/k.enr',
    ];
    expect(await normalised(files)).toEqual([
      'bootnode-keys/k.enr',
      'metadata/bootstrap_nodes.txt',
      'metadata/enodes.txt',
      'metadata/genesis.json',
      'parsed/parsedConsensusGenesis.json',
      'parsed/validator-names.yaml',
      'retention.vars',
    ]);
    expect(await readFile(join(target, 'metadata/enodes.txt'), 'utf8')).toBe('enodes.txt');
    expect(await readFile(join(target, 'metadata/bootstrap_nodes.txt'), 'utf8')).toBe('boot_enr.txt');
  });

  it('a single folder around either is taken away', async () => {
    expect(await normalised(['testnet/genesis.json', 'testnet/testnet/x'])).toEqual([
      'metadata/genesis.json',
    ]);
  });
});
