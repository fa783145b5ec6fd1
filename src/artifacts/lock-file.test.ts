import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PinnedArtifact } from './artifact.ts';
import { formatLock, LockFile, parseLock } from './lock-file.ts';

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
const text = fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme-ascii' });
const pin: fc.Arbitrary<PinnedArtifact> = fc.oneof(
  fc.record({ source: fc.constant('builtin' as const), package: text, version: text }),
  fc.record({
    source: fc.constant('npm' as const),
    package: text,
    version: text,
    integrity: text,
    tree: hex,
  }),
  fc.record({
    source: fc.constant('archive' as const),
    version: text,
    platforms: fc.dictionary(
      fc.constantFrom('linux-x64', 'linux-arm64', 'darwin-arm64'),
      fc.record({
        url: text,
        sha256: hex,
        tree: hex,
        trust: fc.constantFrom('publisher' as const, 'configured' as const, 'first-use' as const),
      }),
    ),
  }),
  fc.record({ source: fc.constant('path' as const), path: text, version: text }),
);
const key = fc.constantFrom(
  'execution/geth@1.17.6',
  'consensus/mayfly',
  'execution/ethereumjs',
  'validator/x',
);

let folder: string;
let lock: LockFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-lock-'));
  lock = new LockFile(join(folder, 'ephemery.lock'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('ephemery.lock', () => {
  it('gives back what was written, whatever versions look like', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, pin), fc.option(fc.dictionary(key, pin)), async (programs, old) => {
        const previous = old === null ? {} : { previous: { ...old } };
        const content = { programs: { ...programs }, ...previous };
        expect(await parseLock(await formatLock(content))).toEqual(content);
      }),
      { examples: [[{ 'execution/geth@1.17.6': { source: 'path', path: 'no', version: '1.10' } }, null]] },
    );
  });

  it('has the same bytes whatever the order of entries', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(key, pin), { selector: ([name]) => name }),
        async (entries) => {
          const there = await formatLock({ programs: Object.fromEntries(entries) });
          expect(await formatLock({ programs: Object.fromEntries([...entries].reverse()) })).toBe(there);
        },
      ),
    );
  });

  it('is empty while there is no file', async () => {
    expect(await lock.read()).toEqual({});
  });

  it('reads as people see it', async () => {
    await lock.write({
      programs: { 'consensus/mayfly': { source: 'builtin', package: 'ephemery-node', version: '0.1.0' } },
    });
    expect((await readFile(lock.path, 'utf8')).replace(/^#.*\n/gm, '')).toBe(
      [
        'programs:',
        '  consensus/mayfly:',
        '    package: ephemery-node',
        '    source: builtin',
        '    version: 0.1.0',
        'version: 1',
        '',
      ].join('\n'),
    );
  });

  it.each([
    ['version: 2\nprograms: {}', 'a newer one'],
    ['programs: [', 'no YAML'],
    ['version: 1\nprograms:\n  a: { source: elsewhere, version: "1" }', 'an unknown source'],
    ['version: 1\nprograms: &a { b: *a }', 'aliases'],
    ['', 'nothing at all'],
    [`#${'x'.repeat(1024 * 1024)}`, 'far too long'],
  ])('is refused when it is %j', async (content) => {
    await writeFile(lock.path, content);
    await expect(lock.read()).rejects.toMatchObject({ code: 'EPH-ARTIFACT-LOCK-UNREADABLE' });
  });
});
