import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { TextReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeIf } from '../support/describe-if.ts';
import { EphemeryProcess } from '../support/ephemery-process.ts';
import {
  crowdedZip,
  nestedZips,
  packedBy,
  rawNamed,
  tarOf,
  zerosTarGz,
  zerosZip,
} from '../support/hostile-archives.ts';
import { missingProgram } from '../support/missing-program.ts';
import { tarEntry } from '../support/tar-archive.ts';
import { zipOf } from '../support/zip-archive.ts';

/** Of the whole program, that of Node and its libraries included. */
const mostMebibytes = 1_200;
const longestMs = 60_000;

let ephemery: EphemeryProcess;
beforeAll(async () => {
  ephemery = await EphemeryProcess.inNewFolder();
});
afterAll(() => ephemery?.remove());

/** Imports it as a person would; what was said, once nothing of it is left. */
async function refused(content: Uint8Array, ...more: readonly string[]) {
  const source = join(ephemery.folder, 'source.bin');
  const measured = join(ephemery.folder, 'memory');
  await writeFile(source, content);
  const before = await readdir(ephemery.folder);
  const startedMs = performance.now();
  const { code, error } = await ephemery.runIn(
    {
      NODE_OPTIONS: `--import ${join(import.meta.dirname, '../support/measure-memory.mjs')}`,
      MEASURE_MEMORY_FILE: measured,
    },
    ...['keys', 'import', source, '--set', 'hostile', '--json', ...more],
  );
  expect(code).toBe(1);
  expect(performance.now() - startedMs).toBeLessThan(longestMs);
  expect(Number(await readFile(measured, 'utf8')) / 1024).toBeLessThan(mostMebibytes);
  expect(existsSync(join(ephemery.home, 'keys', 'hostile'))).toBe(false);
  const left = (await readdir(ephemery.folder)).filter((name) => !['home', 'memory'].includes(name));
  expect(left).toEqual(before.filter((name) => !['home', 'memory'].includes(name)));
  const told = JSON.parse(error) as { error: { code: string; message: string; remedy: string } };
  expect(told.error.code).toBe('EPH-KEYS-SOURCE');
  expect(told.error.remedy).toContain('Unpack it yourself where you trust it');
  return told.error.message;
}

const good = tarEntry({ path: 'keys/keystore.json' }, '{}');
const outside = { content: '{}' };

describe('a hostile archive given to keys import', () => {
  it.each<[string, () => Buffer, RegExp]>([
    ['ten thousand million zeros as tar.gz', zerosTarGz, /unpacks to more than/],
    [
      'ten thousand million zeros deflated into a zip that says three bytes',
      zerosZip,
      /another size than it says/,
    ],
    ['a zip of zips of zips, as 42.zip', () => nestedZips(3), /only one level is read/],
    ['a million entries as zip', () => crowdedZip(1_000_000), /more than 100000 entries/],
    [
      'names that are not UTF-8 in a tar',
      () => tarOf(good, rawNamed(Buffer.from('schl\xfcssel.json', 'latin1'), '{}')),
      /another encoding than UTF-8/,
    ],
    [
      'names that only say that they are UTF-8 in a zip',
      () => {
        const zip = zipOf({ path: 'schl#ssel.json', content: '{}' });
        return Buffer.from(zip.map((byte) => (byte === 0x23 ? 0xfc : byte)));
      },
      /another encoding than UTF-8/,
    ],
    ['a path that leads out in a zip', () => zipOf({ path: '../x.json', ...outside }), /leads out/],
    ['an absolute path in a zip', () => zipOf({ path: '/tmp/x.json', ...outside }), /is absolute/],
    ['a drive of Windows in a zip', () => zipOf({ path: 'C:x.json', ...outside }), /absolute/],
    [
      'a symbolic link in a zip',
      () => zipOf({ path: 'x.json', mode: 0o120777, content: '/etc/passwd' }),
      /is a link/,
    ],
  ])('%s', async (_, make, words) => {
    expect(await refused(make())).toMatch(words);
  });

  it('a zip with a password, given another one', async () => {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { password: 'the right one', useWebWorkers: false });
    await writer.add('keys/a.json', new TextReader('{"a":1}'));
    const locked = await writer.close();
    await writeFile(join(ephemery.folder, 'password'), 'the wrong one', { mode: 0o600 });
    const file = join(ephemery.folder, 'password');
    const message = await refused(locked, '--archive-password-file', file);
    expect(message).toContain('its password is another one');
    expect(message).not.toContain('the wrong one');
    expect(await refused(locked)).toContain('no password of it was given');
  });
});

const links: readonly (readonly [string, Buffer, RegExp])[] = [
  [
    'a symbolic link',
    tarEntry({ path: 'x.json', type: 'SymbolicLink', linkpath: '/etc/passwd' }),
    /SymbolicLink/,
  ],
  ['a hard link', tarEntry({ path: 'x.json', type: 'Link', linkpath: '/etc/passwd' }), /is a Link/],
  ['an absolute path', tarEntry({ path: '/tmp/x.json' }, '{}'), /absolute path/],
  ['a path that leads out', tarEntry({ path: 'keys/../../x.json' }, '{}'), /leads out/],
];

describe('a tar given to keys import', () => {
  it.each(links)('plain and gzipped, with %s', async (_, entry, words) => {
    expect(await refused(tarOf(good, entry))).toMatch(words);
    expect(await refused(gzipSync(tarOf(good, entry)))).toMatch(words);
  });
});

describeIf(missingProgram('xz'))('a tar.xz given to keys import', () => {
  it.each(links)('with %s', async (_, entry, words) => {
    expect(await refused(packedBy('xz', tarOf(good, entry)))).toMatch(words);
  });
});

describeIf(missingProgram('zstd'))('a tar.zst given to keys import', () => {
  it.each(links)('with %s', async (_, entry, words) => {
    expect(await refused(packedBy('zstd', tarOf(good, entry)))).toMatch(words);
  });
});
