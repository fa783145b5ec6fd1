import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeReleaseFolder } from '../../../test/support/pack-release.ts';
import { syntheticRelease } from '../../../test/support/synthetic-release.ts';
import { VirtualClock } from '../../base/virtual-clock.ts';
import { publicNetwork } from '../../core/network/public-network.ts';
import type { ObtainOutcome } from '../release-library.ts';
import { removeRelease } from '../store/install-release.ts';
import { openReleaseLibrary } from '../store/open-library.ts';
import type { Fault } from './faults.ts';
import { type Releaser, startReleaser } from './releaser.ts';

// One releaser with the real paths for all of this; its faults are what public hosts do on bad days.
let folder: string;
let releaser: Releaser;
let roots = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'releaser-'));
  for (const iteration of [166, 167, 168]) {
    await writeReleaseFolder(join(folder, `ephemery-${iteration}`), syntheticRelease({ iteration }));
  }
  releaser = await startReleaser({ folder });
});

afterEach(() => releaser.setFaults([]));

afterAll(async () => {
  await releaser.close();
  await removeRelease(folder);
});

interface Try {
  readonly faults?: readonly Fault[];
  readonly sources?: readonly ('github' | 'mirror')[];
  readonly iteration?: number;
  readonly tries?: number;
}

/** Obtains a release into a root of its own, from the releaser as it is set, without waiting between tries. */
async function obtain({ faults = [], sources = ['github'], iteration = 167, tries = 2 }: Try = {}) {
  releaser.setFaults(faults);
  const urls = { github: `${releaser.url}/owner/repository`, mirror: releaser.mirrorUrl };
  const releaseSources = sources.map((kind) => ({ kind, url: urls[kind] }));
  const root = join(folder, `root${roots++}`);
  const library = openReleaseLibrary({
    definition: { ...publicNetwork, releaseSources },
    root,
    tries,
    backoff: { firstMs: 1, lastMs: 1 },
    environment: {},
  });
  try {
    const outcome = await library.obtain({ iteration });
    return { outcome, clock: library.clockFindings(), held: await library.held() };
  } finally {
    await library.close();
  }
}

const sourcesOf = ({ reports }: ObtainOutcome) => reports.map(({ answer }) => answer);

describe('a host with the public one’s paths', () => {
  it('gives the release that is asked for by number, not the latest', async () => {
    const { outcome, held } = await obtain();
    expect(outcome).toMatchObject({ outcome: 'held', fetched: true, findings: [] });
    expect(held).toMatchObject([{ bundle: { tag: 'ephemery-167' } }]);
    expect(held[0]?.bundle.archiveSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('redirects latest to the newest tag, and has pages, assets, HEAD and ranges', async () => {
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${releaser.url}${path}`, { redirect: 'manual', ...init });
    const latest = await ask('/o/r/releases/latest', { method: 'HEAD' });
    expect([latest.status, latest.headers.get('location')]).toEqual([302, '/releases/tag/ephemery-168']);
    expect((await ask('/releases/tag/ephemery-167')).status).toBe(200);
    expect((await ask('/releases/tag/ephemery-9')).status).toBe(404);
    expect((await ask('/releases/download/ephemery-167/other.zip')).status).toBe(404);
    expect((await ask('/latest/%2e%2e/secret')).status).toBe(404);
    const whole = await fetch(`${releaser.url}/releases/latest/download/genesis.json`);
    expect(await whole.json()).toMatchObject({ config: { chainId: 39_438_168 } });
    const config = `${releaser.url}/latest/metadata/config.yaml`;
    const head = await fetch(config, { method: 'HEAD' });
    expect([head.status, Number(head.headers.get('content-length')) > 500]).toEqual([200, true]);
    const text = await (await fetch(config)).text();
    const part = await fetch(config, { headers: { range: 'bytes=100-' } });
    expect([part.status, await part.text()]).toEqual([206, text.slice(100)]);
    expect((await fetch(config, { headers: { range: 'bytes=999999-' } })).status).toBe(416);
    const changed = await fetch(config, { headers: { range: 'bytes=100-', 'if-range': '"old"' } });
    expect([changed.status, await changed.text()]).toEqual([200, text]);
  });

  it('takes releases added one at a time', async () => {
    const other = await startReleaser();
    try {
      const page = () => fetch(`${other.url}/releases/tag/ephemery-167`).then(({ status }) => status);
      expect(await page()).toBe(404);
      other.publish('ephemery-167', join(folder, 'ephemery-167'));
      expect(await page()).toBe(200);
    } finally {
      await other.close();
    }
  });
});

describe('table 10.3: what a source may do', () => {
  it('not published at T: not yet, until it is there', async () => {
    const faults: Fault[] = [{ kind: 'late', tag: 'ephemery-167' }];
    expect((await obtain({ faults })).outcome).toMatchObject({ outcome: 'not-yet' });
    expect((await obtain()).outcome).toMatchObject({ outcome: 'held' });
  });

  it('latest is the next iteration already: the mirror is not taken for the wanted one', async () => {
    const { outcome } = await obtain({ sources: ['mirror'] });
    expect(outcome).toMatchObject({ outcome: 'not-yet', detail: expect.stringContaining('iteration 168') });
    expect((await obtain({ sources: ['mirror'], iteration: 168 })).outcome).toMatchObject({
      outcome: 'held',
    });
  });

  it('a mirror that is behind says not yet', async () => {
    const { outcome } = await obtain({ sources: ['mirror'], iteration: 169 });
    expect(outcome).toMatchObject({ outcome: 'not-yet' });
  });

  it.each<Fault>([
    { kind: 'rate-limited' },
    { kind: 'rate-limited', status: 429 },
    { kind: 'outage' },
    { kind: 'reset' },
    { kind: 'web-page' },
  ])(
    'outage, quota or a page instead of a file (%j): unknown, and the next source is used',
    async (fault) => {
      const alone = await obtain({ faults: [fault] });
      expect(alone.outcome).toMatchObject({ outcome: 'unknown' });
      expect(alone.held).toEqual([]);
      const mirror = await obtain({ faults: [fault], sources: ['mirror'] });
      expect(mirror.outcome).toMatchObject({ outcome: 'unknown' });
      const both = await obtain({
        faults: [{ ...fault, paths: 'tags' }],
        sources: ['github', 'mirror'],
        iteration: 168,
      });
      expect(both.outcome).toMatchObject({ outcome: 'held' });
      expect(sourcesOf(both.outcome)).toEqual(['unknown', 'found']);
    },
  );

  it('one unknown and one not-yet make unknown, never a bare no', async () => {
    const faults: Fault[] = [
      { kind: 'outage', paths: 'latest' },
      { kind: 'late', tag: 'ephemery-167' },
    ];
    expect((await obtain({ faults, sources: ['github', 'mirror'] })).outcome).toMatchObject({
      outcome: 'unknown',
    });
    expect((await obtain({ faults, sources: ['mirror', 'github'] })).outcome).toMatchObject({
      outcome: 'unknown',
    });
  });

  it('empty answer: failed, nothing kept', async () => {
    const { outcome, held } = await obtain({ faults: [{ kind: 'empty' }] });
    expect(outcome).toMatchObject({ outcome: 'unknown', reports: [{ answer: 'failed' }] });
    expect(held).toEqual([]);
  });

  it('partial download: gone on from where it broke off', async () => {
    const { outcome } = await obtain({ faults: [{ kind: 'partial', times: 1 }] });
    expect(outcome).toMatchObject({ outcome: 'held' });
  });

  it('partial download every time: goes forward by half of the rest, then fails without a trace', async () => {
    const { outcome, held } = await obtain({ faults: [{ kind: 'partial' }] });
    expect(outcome).toMatchObject({ outcome: 'unknown', reports: [{ answer: 'failed' }] });
    expect(outcome.findings.map(({ code }) => code)).toEqual(['EPH-RELEASE-SOURCE-FAILED']);
    expect(held).toEqual([]);
  });

  it('corrupt download: refused, and the other source used', async () => {
    const faults: Fault[] = [{ kind: 'corrupt', paths: 'tags' }];
    const { outcome } = await obtain({ faults, sources: ['github', 'mirror'], iteration: 168 });
    expect(outcome).toMatchObject({ outcome: 'held' });
    expect(sourcesOf(outcome)).toEqual(['failed', 'found']);
  });

  it('a length that is a lie: asked for the rest, of which there is none, and checked like any other', async () => {
    const { outcome } = await obtain({ faults: [{ kind: 'wrong-length' }] });
    expect(outcome).toMatchObject({ outcome: 'held', findings: [], reports: [{ answer: 'found' }] });
  });

  it('wrong contents under the right tag: rejected with findings, the other source used', async () => {
    const faults: Fault[] = [{ kind: 'wrong-iteration', paths: 'tags' }];
    const { outcome } = await obtain({ faults, sources: ['github', 'mirror'], iteration: 168 });
    expect(outcome).toMatchObject({ outcome: 'held' });
    expect(sourcesOf(outcome)).toEqual(['rejected', 'found']);
    expect(outcome.findings.map(({ code }) => code)).toContain('EPH-RELEASE-CHAIN-ID');
  });

  it('a mirror in the middle of an update: rejected', async () => {
    const faults: Fault[] = [{ kind: 'wrong-iteration', paths: 'latest' }];
    const { outcome } = await obtain({ faults, sources: ['mirror'], iteration: 168 });
    expect(outcome).toMatchObject({ outcome: 'unknown', reports: [{ answer: 'rejected' }] });
  });

  it('only the legacy archive: used', async () => {
    const legacy = join(folder, 'legacy', 'ephemery-170');
    await mkdir(join(folder, 'legacy'), { recursive: true });
    await writeReleaseFolder(legacy, syntheticRelease({ iteration: 170 }));
    await rm(join(legacy, 'network-config.tar.gz'));
    releaser.publish('ephemery-170', legacy);
    expect((await obtain({ iteration: 170 })).outcome).toMatchObject({ outcome: 'held' });
    await rm(join(legacy, 'testnet-all.tar.gz'));
    expect((await obtain({ iteration: 170 })).outcome).toMatchObject({ outcome: 'not-yet' });
    // A mirror without an archive is read file by file.
    expect((await obtain({ iteration: 170, sources: ['mirror'] })).outcome).toMatchObject({
      outcome: 'held',
    });
  });

  it('clock skew: measured by the date of answers, told beyond 30 s, never a reason to stop', async () => {
    expect((await obtain()).clock).toEqual([]);
    const behind = await obtain({ faults: [{ kind: 'wrong-date', skewSeconds: 120 }] });
    expect(behind.clock).toMatchObject([{ code: 'EPH-RELEASE-CLOCK-SKEW', severity: 'warning' }]);
    expect(behind.outcome).toMatchObject({ outcome: 'held' });
    const down = await obtain({ faults: [{ kind: 'reset' }] });
    expect(down.clock).toMatchObject([{ code: 'EPH-RELEASE-CLOCK-UNMEASURED', severity: 'info' }]);
  });
});

describe('a slow server', () => {
  it('is left when the caller aborts, at once and without a trace', async () => {
    releaser.setFaults([{ kind: 'slow', bytesPerSecond: 100 }]);
    const abort = new AbortController();
    const root = join(folder, 'aborted');
    const releaseSources = [{ kind: 'github', url: releaser.url }] as const;
    const library = openReleaseLibrary({
      definition: { ...publicNetwork, releaseSources },
      root,
      environment: {},
      onProgress: () => abort.abort(new Error('stopped')),
    });
    await expect(library.obtain({ iteration: 167, signal: abort.signal })).rejects.toThrow('stopped');
    expect(await library.held()).toEqual([]);
    await library.close();
  });
});

describe('faults over HTTP', () => {
  const faultsUrl = () => `${releaser.url}/releaser/v1/faults`;
  const put = (body: string, type = 'application/json') =>
    fetch(faultsUrl(), { method: 'PUT', body, headers: { 'content-type': type } });

  it('are set, listed, used up and cleared', async () => {
    const set = await put('[{"kind":"outage","times":2},{"kind":"slow","bytesPerSecond":10}]');
    expect(await set.json()).toEqual({ faults: releaser.faults() });
    expect((await fetch(`${releaser.url}/releases/latest`)).status).toBe(503);
    expect(releaser.faults()[0]).toEqual({ kind: 'outage', times: 1 });
    expect((await fetch(`${releaser.url}/releases/latest`)).status).toBe(503);
    expect(releaser.faults()).toHaveLength(1);
    await fetch(faultsUrl(), { method: 'DELETE' });
    expect(releaser.faults()).toEqual([]);
    const listed = await fetch(`${releaser.url}/releaser/v1/releases`);
    expect(((await listed.json()) as { tags: string[] }).tags).toContain('ephemery-167');
  });

  it.each([
    '{}',
    '[{}]',
    '[{"kind":"unknown"}]',
    '[{"kind":"slow","times":"2"}]',
    '[{"kind":"slow","x":1}]',
    'nonsense',
  ])('of the wrong form (%s) are refused and change nothing', async (body) => {
    releaser.setFaults([{ kind: 'late' }]);
    expect((await put(body)).status).toBe(400);
    expect((await put('[]', 'text/plain')).status).toBe(415);
    expect(releaser.faults()).toEqual([{ kind: 'late' }]);
  });
});

it('a virtual clock dates the answers', async () => {
  const dated = await startReleaser({ clock: new VirtualClock(1_797_534_000_000) });
  const answer = await fetch(`${dated.url}/releases/latest`);
  expect(answer.headers.get('date')).toBe('Thu, 17 Dec 2026 19:00:00 GMT');
  await dated.close();
});
