import { chmod, mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packFiles, writeReleaseFolder, writeTree } from '../../../test/support/pack-release.ts';
import { syntheticRelease } from '../../../test/support/synthetic-release.ts';
import { bundleFiles } from '../../core/network/bundle.ts';
import type { NetworkDefinition } from '../../core/network/definition.ts';
import { identityName } from '../../core/network/identity.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import type { ReleaseAnswer, ReleaseSource } from '../release-source.ts';
import { createDirectorySource } from '../sources/directory-source.ts';
import { removeRelease } from './install-release.ts';
import { listReleases, loadBundle } from './load-bundle.ts';
import { type ObtainOptions, obtainRelease } from './obtain-release.ts';

let folder: string;
let root: string;
let published: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'obtain-'));
  root = join(folder, 'releases');
  published = join(folder, 'published');
  await mkdir(published);
});

afterEach(() => removeRelease(folder));

function obtain(options: Partial<ObtainOptions> = {}) {
  const sources = [createDirectorySource(published)];
  return obtainRelease({ definition: publicNetwork, iteration: 167, sources, root, ...options });
}

function answering(name: string, answer: ReleaseAnswer): ReleaseSource {
  return { name, find: () => Promise.resolve(answer) };
}

const notYet = answering('a', { answer: 'not-yet', detail: 'no tag' });
const down = answering('b', { answer: 'unknown', reason: 'status 503' });
const networkFolder = () => join(root, 'ephemery');
const hiddenNames = async () => (await readdir(networkFolder())).filter((name) => name.startsWith('.'));

describe('obtaining a release', () => {
  it.each([
    ['network-config.tar.gz and testnet-all.tar.gz', writeReleaseFolder],
    ['files in a folder', writeTree],
  ])('installs it verified and read-only from %s', async (_, write) => {
    await write(join(published, 'ephemery-167'), syntheticRelease({ iteration: 167 }));
    const outcome = await obtain();
    expect(outcome).toMatchObject({ outcome: 'held', fetched: true, findings: [] });
    if (outcome.outcome !== 'held') return;
    const { bundle } = outcome;
    expect(bundle.directory).toBe(join(networkFolder(), identityName(bundle.identity)));
    expect((await stat(join(bundle.directory, 'metadata/genesis.ssz'))).mode & 0o777).toBe(0o444);
    expect((await stat(bundle.directory)).mode & 0o777).toBe(0o555);
    expect(bundle.archiveSha256 === undefined).toBe(write === writeTree);
    expect(await hiddenNames()).toEqual([]);
    await expect(loadBundle(bundle.directory, { deep: true })).resolves.toMatchObject({ bundle });
  });

  it('reads the legacy flat layout into the same files', async () => {
    const { flatFiles } = await import('../../../test/support/pack-release.ts');
    const files = syntheticRelease({ iteration: 167 });
    await packFiles(join(published, 'ephemery-167', 'testnet-all.tar.gz'), flatFiles(files));
    const outcome = await obtain();
    const directory = outcome.outcome === 'held' ? outcome.bundle.directory : '';
    const names = (await readdir(directory, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1));
    expect(names.sort()).toEqual([...files.keys(), 'release.json'].sort());
  });

  it('gives what is held without asking anybody', async () => {
    await writeTree(join(published, 'ephemery-167'), syntheticRelease({ iteration: 167 }));
    await obtain();
    const asked = { name: 'x', find: () => Promise.reject(new Error('asked')) };
    expect(await obtain({ sources: [asked] })).toMatchObject({ outcome: 'held', fetched: false });
  });

  it('fetches again what was damaged, and puts it in its place', async () => {
    await writeTree(join(published, 'ephemery-167'), syntheticRelease({ iteration: 167 }));
    const first = await obtain();
    const directory = first.outcome === 'held' ? first.bundle.directory : '';
    await chmod(join(directory, 'metadata'), 0o755);
    await rm(join(directory, 'metadata/genesis.ssz'));
    expect(await listReleases(root, 'ephemery')).toEqual([]);
    expect(await obtain()).toMatchObject({ outcome: 'held', fetched: true, bundle: { directory } });
    await expect(loadBundle(directory, { deep: true })).resolves.toBeDefined();
    expect(await hiddenNames()).toEqual([]);
  });

  it('serves several callers at once with one result', async () => {
    await writeTree(join(published, 'ephemery-167'), syntheticRelease({ iteration: 167 }));
    const outcomes = await Promise.all([obtain(), obtain(), obtain()]);
    const folders = new Set(
      outcomes.map((each) => (each.outcome === 'held' ? each.bundle.directory : 'none')),
    );
    expect(folders.size).toBe(1);
    expect(await readdir(networkFolder())).toHaveLength(1);
  });

  it('holds several iterations, newest first', async () => {
    for (const iteration of [166, 167, 168]) {
      await writeTree(join(published, `ephemery-${iteration}`), syntheticRelease({ iteration }));
      await obtain({ iteration });
    }
    const held = await listReleases(root, 'ephemery');
    expect(held.map(({ bundle }) => bundle.identity.iteration)).toEqual([168, 167, 166]);
  });
});

describe('table 10.3, on releases', () => {
  it('release not published: not yet, and nothing is made', async () => {
    expect(await obtain()).toMatchObject({ outcome: 'not-yet', reports: [{ answer: 'not-yet' }] });
  });

  it('outage or empty answer: one source that does not know makes it unknown, never a no', async () => {
    expect(await obtain({ sources: [notYet, down] })).toMatchObject({
      outcome: 'unknown',
      reason: 'b: status 503',
    });
    expect(await obtain({ sources: [down, notYet] })).toMatchObject({ outcome: 'unknown' });
    expect(await obtain({ sources: [notYet, notYet] })).toMatchObject({ outcome: 'not-yet' });
    expect(await obtain({ sources: [] })).toMatchObject({ outcome: 'unknown' });
    expect(await obtain({ sources: [createDirectorySource(join(folder, 'unmounted'))] })).toMatchObject({
      outcome: 'unknown',
    });
  });

  it('partial or corrupt: a finding, nothing kept, what is held untouched, the next source used', async () => {
    await writeTree(join(published, 'ephemery-166'), syntheticRelease({ iteration: 166 }));
    await obtain({ iteration: 166 });
    const before = await readdir(networkFolder(), { recursive: true });
    const files = syntheticRelease({ iteration: 167 });
    const archive = join(published, 'ephemery-167.tar.gz');
    await writeFile(archive, 'no archive');
    const corrupt = await obtain();
    expect(corrupt).toMatchObject({ outcome: 'unknown', reports: [{ answer: 'failed' }] });
    expect(corrupt.findings.map(({ code }) => code)).toEqual(['EPH-RELEASE-SOURCE-FAILED']);
    expect(await readdir(networkFolder(), { recursive: true })).toEqual(before);
    expect(await obtain({ iteration: 166, sources: [] })).toMatchObject({ outcome: 'held', fetched: false });
    const second = join(folder, 'second');
    await writeTree(join(second, 'ephemery-167'), files);
    const sources = [createDirectorySource(published), createDirectorySource(second)];
    expect(await obtain({ sources })).toMatchObject({
      outcome: 'held',
      reports: [{ answer: 'failed' }, { answer: 'found' }],
    });
  });

  it('wrong contents under the right tag: the source is rejected, the next is tried', async () => {
    const second = join(folder, 'second');
    await writeTree(join(published, 'ephemery-167'), syntheticRelease({ iteration: 166 }));
    await writeTree(join(second, 'ephemery-167'), syntheticRelease({ iteration: 167 }));
    const alone = await obtain();
    expect(alone).toMatchObject({ outcome: 'unknown', reports: [{ answer: 'rejected' }] });
    expect(alone.findings.map(({ code }) => code)).toContain('EPH-RELEASE-ITERATION');
    const sources = [createDirectorySource(published), createDirectorySource(second)];
    expect(await obtain({ sources })).toMatchObject({ outcome: 'held', bundle: { tag: 'ephemery-167' } });
  });

  it('root changed within an iteration: held back until consent, then both are kept apart', async () => {
    await writeTree(join(published, 'ephemery-167'), syntheticRelease({ iteration: 167 }));
    const before = await obtain();
    await rm(join(published, 'ephemery-167'), { recursive: true });
    await writeTree(join(published, 'ephemery-167'), syntheticRelease({ iteration: 167, salt: 1 }));
    const asked = await obtain({ refresh: true });
    expect(asked).toMatchObject({ outcome: 'needs-consent', needsConsent: ['reissued-genesis'] });
    expect(asked.findings.map(({ code }) => code)).toEqual(['EPH-RELEASE-REISSUED']);
    expect(await readdir(networkFolder())).toHaveLength(1);
    const given = await obtain({ refresh: true, consents: ['reissued-genesis'] });
    expect(given).toMatchObject({ outcome: 'held', fetched: true });
    expect(await listReleases(root, 'ephemery')).toHaveLength(2);
    const known = before.outcome === 'held' ? before.bundle.identity : undefined;
    expect(known && (await obtain({ knownIdentity: known }))).toMatchObject({ bundle: { identity: known } });
  });

  it('published again with the same genesis and other files: what is held stays, and that is told', async () => {
    const files = syntheticRelease({ iteration: 167 });
    await writeTree(join(published, 'ephemery-167'), files);
    const before = await obtain();
    expect((await obtain({ refresh: true })).findings).toEqual([]);
    await writeFile(
      join(published, 'ephemery-167', bundleFiles.enodes),
      `enode://${'5b'.repeat(64)}@192.0.2.9:30303\n`,
    );
    const again = await obtain({ refresh: true });
    expect(again.findings).toMatchObject([
      { code: 'EPH-RELEASE-FILES-CHANGED', facts: { iteration: 167, files: [bundleFiles.enodes] } },
    ]);
    if (before.outcome !== 'held' || again.outcome !== 'held') throw new Error('it is not held');
    expect(again.bundle.enodes).toEqual(before.bundle.enodes);
    expect(await readdir(networkFolder())).toHaveLength(1);
  });

  it('interval, delay or base changed upstream: held back until consent', async () => {
    const changed: NetworkDefinition = { ...publicNetwork, genesisDelaySeconds: 300 };
    const files = syntheticRelease({ iteration: 167, definition: changed });
    await writeTree(join(published, 'ephemery-167'), files);
    expect(await obtain()).toMatchObject({ outcome: 'needs-consent', needsConsent: ['schedule-change'] });
    expect(await obtain({ consents: ['schedule-change'] })).toMatchObject({
      outcome: 'held',
      bundle: { genesisDelaySeconds: 300 },
    });
  });

  it('root of the iteration before: known from what is held, and refused', async () => {
    await writeTree(join(published, 'ephemery-166'), syntheticRelease({ iteration: 166 }));
    await obtain({ iteration: 166 });
    await writeTree(join(published, 'ephemery-167'), syntheticRelease({ iteration: 167, seed: 166 }));
    const outcome = await obtain();
    expect(outcome).toMatchObject({ outcome: 'unknown', reports: [{ answer: 'rejected' }] });
    expect(outcome.findings.map(({ code }) => code)).toContain('EPH-RELEASE-VALIDATORS-ROOT-REUSED');
  });

  it('disk full: refused before anything is fetched, and nothing is left', async () => {
    await writeTree(join(published, 'ephemery-167'), syntheticRelease({ iteration: 167 }));
    await expect(obtain({ freeBytes: () => Promise.resolve(1_000_000) })).rejects.toMatchObject({
      code: 'EPH-RELEASES-DISK-FULL',
    });
    expect(await readdir(networkFolder())).toEqual([]);
  });

  it('disk full halfway: the same error, and nothing is left', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      syscall: 'write',
    });
    const source = answering('full', {
      answer: 'found',
      release: { iteration: 167, tag: 'x', origin: 'x', fetchInto: () => Promise.reject(full) },
    });
    await expect(obtain({ sources: [source] })).rejects.toMatchObject({ code: 'EPH-RELEASES-DISK-FULL' });
    expect(await readdir(networkFolder())).toEqual([]);
  });
});

describe('what a killed fetch leaves', () => {
  it('is removed, but not what a living process is at', async () => {
    const dead = '.incoming-999999999-0123456789ab';
    const living = `.incoming-${process.ppid}-0123456789ab`;
    const old = `.incoming-${process.ppid}-ba9876543210`;
    for (const name of [dead, living, old]) await mkdir(join(networkFolder(), name), { recursive: true });
    await writeFile(join(networkFolder(), `${dead}.archive`), 'x');
    await writeFile(join(networkFolder(), 'notes.txt'), 'not ours');
    await utimes(join(networkFolder(), old), 1, 1);
    await obtain();
    expect((await readdir(networkFolder())).sort()).toEqual([living, 'notes.txt'].sort());
  });

  it('is removed as well when the fetch is aborted', async () => {
    const abort = new AbortController();
    const source = answering('slow', {
      answer: 'found',
      release: {
        iteration: 167,
        tag: 'x',
        origin: 'x',
        async fetchInto(into) {
          await writeFile(join(into, 'partial'), 'x');
          abort.abort(new Error('stopped'));
          throw new Error('broken off');
        },
      },
    });
    await expect(obtain({ sources: [source], signal: abort.signal })).rejects.toThrow('stopped');
    expect(await readdir(networkFolder())).toEqual([]);
  });
});

describe('a second source', () => {
  it('that cannot be compared with is told, with the reason', async () => {
    await writeTree(join(published, 'ephemery-167'), syntheticRelease({ iteration: 167 }));
    const first = createDirectorySource(published);
    const alone = await obtain({ sources: [first], crossCheck: true, refresh: true });
    expect(alone.findings).toMatchObject([
      { code: 'EPH-RELEASE-UNCOMPARED', facts: { reason: 'the network has no second source' } },
    ]);
    const broken: ReleaseSource = {
      name: 'broken',
      find: async () => ({
        answer: 'found',
        release: {
          iteration: 167,
          tag: 'x',
          origin: 'x',
          fetchInto: () => Promise.reject(new Error('cut off.')),
        },
      }),
    };
    const failed = await obtain({ sources: [first, broken], crossCheck: true, refresh: true });
    expect(failed.findings).toMatchObject([
      { code: 'EPH-RELEASE-UNCOMPARED', facts: { reason: 'broken: cut off' } },
    ]);
  });

  it('is compared file by file when asked for, and differences are told', async () => {
    const second = join(folder, 'second');
    await writeTree(join(published, 'ephemery-167'), syntheticRelease({ iteration: 167 }));
    await writeReleaseFolder(join(second, 'ephemery-167'), syntheticRelease({ iteration: 167 }));
    const sources = [createDirectorySource(published), createDirectorySource(second)];
    const same = await obtain({ sources, crossCheck: true });
    expect(same).toMatchObject({ outcome: 'held', findings: [] });
    await removeRelease(networkFolder());
    await rm(join(second, 'ephemery-167'), { recursive: true });
    await writeTree(join(second, 'ephemery-167'), syntheticRelease({ iteration: 167, salt: 1 }));
    const different = await obtain({ sources, crossCheck: true });
    expect(different.findings).toMatchObject([
      {
        code: 'EPH-RELEASE-SOURCES-DIFFER',
        facts: { files: ['metadata/genesis.ssz', 'metadata/nodevars_env.txt'] },
      },
    ]);
  });
});
