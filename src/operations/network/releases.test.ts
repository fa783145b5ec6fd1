import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { networkServices } from '../../../test/support/network-services.ts';
import { flatFiles, packFiles, writeReleaseFolder, writeTree } from '../../../test/support/pack-release.ts';
import { syntheticRelease } from '../../../test/support/synthetic-release.ts';
import { bundleFiles } from '../../core/network/bundle.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import { removeRelease } from '../../releases/store/install-release.ts';
import { fetchNetworkRelease } from './fetch-release.ts';
import { listNetworkReleases } from './list-releases.ts';
import { verifyLocalRelease } from './verify-release.ts';

// In iteration 166 of the public network, whose releases lie in a folder here.
const nowMs = 1_796_000_000_000;
const { signal } = new AbortController();
const network = './network.yaml';
let services: Awaited<ReturnType<typeof networkServices>>;

beforeEach(async () => {
  services = await networkServices(nowMs);
  await writeReleaseFolder(
    join(services.folder, 'out', 'ephemery-166'),
    syntheticRelease({ iteration: 166 }),
  );
  await writeFile(join(services.folder, 'network.yaml'), definitionText());
});

afterEach(async () => {
  await removeRelease(services.paths.releases);
  await services.remove();
});

/** The public network with sources of our own; JSON is YAML. */
function definitionText(): string {
  const sources = ['./out', './nowhere'].map((path) => ({ kind: 'directory', path }));
  return JSON.stringify({ ...publicNetwork, releaseSources: sources });
}

const fetchWish = { network, refresh: false, crossCheck: false };
const watch = { signal, onProgress: () => undefined };

describe('fetching a release', () => {
  it('brings the one of the clock’s iteration and tells its steps', async () => {
    const told: string[] = [];
    const onProgress = (doing: string) => void told.push(doing.split(' ')[0] ?? '');
    const report = await fetchNetworkRelease(services, fetchWish, { signal, onProgress });
    expect(report).toMatchObject({ network: 'ephemery', iteration: 166, outcome: 'held', fetched: true });
    expect(told).toEqual(['Asking', 'Fetching', 'Verifying', 'Putting']);
    const again = await fetchNetworkRelease(services, fetchWish, watch);
    expect(again).toMatchObject({ outcome: 'held', fetched: false });
  });

  it('tells apart what is not yet there and what nobody knows', async () => {
    const wish = { ...fetchWish, iteration: 167 };
    expect(await fetchNetworkRelease(services, wish, watch)).toMatchObject({
      outcome: 'unknown',
      reports: [{ answer: 'not-yet' }, { answer: 'unknown' }],
    });
    await writeFile(
      join(services.folder, 'network.yaml'),
      definitionText().replace(',{"kind":"directory","path":"./nowhere"}', ''),
    );
    expect(await fetchNetworkRelease(services, wish, watch)).toMatchObject({ outcome: 'not-yet' });
  });

  it('is refused for a network that has not begun, unless the iteration is said', async () => {
    services.clock.jump(-(nowMs - 1_000));
    await expect(fetchNetworkRelease(services, fetchWish, watch)).rejects.toMatchObject({
      code: 'EPH-NETWORK-NOT-BEGUN',
      facts: { firstStart: '2014-02-27T19:00:00.000Z' },
    });
  });
});

describe('the list of releases', () => {
  it('has what is held, and the sources’ words only when asked for', async () => {
    await fetchNetworkRelease(services, fetchWish, watch);
    const quiet = await listNetworkReleases(services, { network, ask: false }, signal);
    expect(quiet).toMatchObject({
      network: 'ephemery',
      currentIteration: 166,
      held: [{ tag: 'ephemery-166', identity: { chainId: 39_438_166 } }],
    });
    expect(quiet).not.toHaveProperty('asked');
    const { asked } = await listNetworkReleases(services, { network, ask: true }, signal);
    expect(asked).toMatchObject([
      { which: 'current', tag: 'ephemery-166', sources: [{ answer: 'found' }, { answer: 'unknown' }] },
      { which: 'next', tag: 'ephemery-167', sources: [{ answer: 'not-yet' }, { answer: 'unknown' }] },
    ]);
  });
});

describe('verifying a release on this machine', () => {
  const verify = (path: string, iteration?: number) =>
    verifyLocalRelease(services, { network, path, iteration }, signal);

  it.each(['', '/network-config.tar.gz', '/testnet-all.tar.gz'])(
    'takes a folder and an archive in either layout (%s)',
    async (file) => {
      expect(await verify(`out/ephemery-166${file}`)).toMatchObject({
        outcome: 'accepted',
        iteration: 166,
        findings: [],
        bundle: { tag: 'ephemery-166', directory: join(services.folder, `out/ephemery-166${file}`) },
      });
    },
  );

  it('reads every form in a folder, and refuses forms that are not the same release', async () => {
    const folder = join(services.folder, 'out/ephemery-166');
    const names = ['network-config.tar.gz', 'testnet-all.tar.gz', 'unpacked files'];
    const all = await verify('out/ephemery-166');
    expect(all.forms).toEqual(names.map((name) => ({ name, outcome: 'accepted' })));
    await packFiles(
      join(folder, 'testnet-all.tar.gz'),
      flatFiles(syntheticRelease({ iteration: 166, salt: 9 })),
    );
    const { outcome, findings, bundle } = await verify('out/ephemery-166');
    expect({ outcome, bundle }).toEqual({ outcome: 'rejected', bundle: undefined });
    expect(findings).toMatchObject([
      { code: 'EPH-RELEASE-FORMS-DIFFER', facts: { other: 'testnet-all.tar.gz' } },
    ]);
    await writeFile(join(folder, 'metadata/config.yaml'), 'PRESET_BASE: minimal');
    const broken = await verify('out/ephemery-166');
    expect(broken.forms.at(-1)).toEqual({ name: 'unpacked files', outcome: 'rejected' });
  });

  it('makes a finding of every failed check', async () => {
    const { outcome, findings } = await verify('out/ephemery-166', 165);
    expect(outcome).toBe('rejected');
    const codes = new Set(findings.map(({ code }) => code));
    expect(codes).toContain('EPH-RELEASE-ITERATION');
    expect(codes).toContain('EPH-RELEASE-CHAIN-ID');
  });

  it('finds a file that is missing, which names the iteration too', async () => {
    const files = syntheticRelease({ iteration: 166 });
    files.delete(bundleFiles.retention);
    await writeTree(join(services.folder, 'damaged'), files);
    expect(await verify('damaged')).toMatchObject({
      outcome: 'rejected',
      iteration: 166,
      findings: [{ code: 'EPH-RELEASE-FILE-MISSING', facts: { file: 'retention.vars' } }],
    });
  });

  it('holds it against what is held of its iteration', async () => {
    await fetchNetworkRelease(services, fetchWish, watch);
    const files = syntheticRelease({ iteration: 166, salt: 7 });
    await writeTree(join(services.folder, 'again'), files);
    expect(await verify('again')).toMatchObject({
      outcome: 'needs-consent',
      needsConsent: ['reissued-genesis'],
    });
  });

  it('says what is wrong with a path that holds none', async () => {
    await expect(verify('not-here')).rejects.toMatchObject({ code: 'EPH-RELEASES-FOLDER' });
    await rm(join(services.folder, 'out'), { recursive: true });
    await writeFile(join(services.folder, 'text.tar.gz'), 'no archive');
    await expect(verify('text.tar.gz')).rejects.toMatchObject({ code: 'EPH-RELEASES-ARCHIVE' });
  });
});
