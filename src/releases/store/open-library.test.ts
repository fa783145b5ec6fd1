import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTree } from '../../../test/support/pack-release.ts';
import { syntheticRelease } from '../../../test/support/synthetic-release.ts';
import { bundleFiles } from '../../core/network/bundle.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { removeRelease } from './install-release.ts';
import { type LibraryOptions, openReleaseLibrary } from './open-library.ts';

const iteration = 167;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-library-'));
});
afterEach(async () => {
  await removeRelease(join(folder, 'releases', 'ephemery'));
  await rm(folder, { recursive: true, force: true });
});

function open(...kinds: readonly string[]) {
  const releaseSources = kinds.map((name) => ({ kind: 'directory' as const, path: join(folder, name) }));
  return openReleaseLibrary({
    definition: { ...publicNetwork, releaseSources },
    root: join(folder, 'releases'),
  });
}

const publish = (name: string) =>
  writeTree(join(folder, name, `ephemery-${iteration}`), syntheticRelease({ iteration }));

describe('a release that arrived', () => {
  it('is held against a second source, once that has it', async () => {
    await publish('first');
    const library = open('first', 'second');
    await library.obtain({ iteration });
    expect(await library.compare(iteration)).toBeUndefined();
    await publish('second');
    expect(await library.compare(iteration)).toEqual([]);
    await writeFile(join(folder, 'second', `ephemery-${iteration}`, bundleFiles.enodes), 'others\n');
    expect(await library.compare(iteration)).toMatchObject([
      { code: 'EPH-RELEASE-SOURCES-DIFFER', facts: { files: [bundleFiles.enodes] } },
    ]);
  });

  it('is held against nothing where there is no other source', async () => {
    await publish('first');
    const library = open('first');
    expect(await library.compare(iteration)).toBeUndefined();
    await library.obtain({ iteration });
    expect(await library.compare(iteration)).toBeUndefined();
  });

  it('is refused when its execution genesis makes another block than it says', async () => {
    await publish('first');
    const loadExecutionHash: LibraryOptions['loadExecutionHash'] = async () => () => `0x${'99'.repeat(32)}`;
    const library = openReleaseLibrary({
      definition: { ...publicNetwork, releaseSources: [{ kind: 'directory', path: join(folder, 'first') }] },
      root: join(folder, 'releases'),
      loadExecutionHash,
    });
    const outcome = await library.obtain({ iteration });
    expect(outcome).toMatchObject({ outcome: 'unknown', reports: [{ answer: 'rejected' }] });
    expect(outcome.findings.map(({ code }) => code)).toEqual(['EPH-RELEASE-EXECUTION-HASH-COMPUTED']);
  });
});
