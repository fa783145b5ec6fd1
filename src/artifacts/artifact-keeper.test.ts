import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArtifactHost, stopsAfter } from '../../test/support/artifact-host.ts';
import { tarEntry, tarGzOf } from '../../test/support/tar-archive.ts';
import { systemClock } from '../base/clock.ts';
import { HttpClient } from '../base/http.ts';
import { silentLog } from '../base/log.ts';
import type { ClientDefinition } from '../core/clients/client.ts';
import { ethereumjs } from '../core/clients/execution/ethereumjs.ts';
import type { ArtifactWish } from './artifact.ts';
import { createArtifactKeeper, createArtifactStore } from './artifact-store.ts';
import { contentOf } from './content-digest.ts';
import { artifactErrors } from './errors.ts';
import type { ImageStore } from './image-source.ts';
import { LockFile } from './lock-file.ts';

let folder: string;
let lock: LockFile;
let host: ArtifactHost;
let http: HttpClient;
const { signal } = new AbortController();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-keeper-'));
  lock = new LockFile(join(folder, 'ephemery.lock'));
  host = await ArtifactHost.start();
  http = new HttpClient({ environment: {} });
  for (const version of ['1.0.0', '2.0.0']) {
    host.publish(
      `/client-${version}.tar.gz`,
      tarGzOf(tarEntry({ path: 'client', mode: 0o755 }, `v${version}`)),
    );
  }
});

afterEach(async () => {
  await http.close();
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

const options = () => ({
  folder: join(folder, 'artifacts'),
  lockPath: lock.path,
  nodePath: '/opt/node',
  platform: { os: 'linux', arch: 'x64' },
  env: {},
  clock: systemClock,
  log: silentLog,
  fetch: { http, tries: 1 },
  execute: () => Promise.reject(new Error('nothing may run')),
});
const store = () => createArtifactStore(options());
const keeper = () => createArtifactKeeper(options());
const installed = () => readdir(join(folder, 'artifacts', 'archive'));
const none = new Set<string>();
const emptyEngine: ImageStore = {
  isPublished: () => true,
  digestOf: async () => undefined,
  pull: async () => undefined,
  find: async () => undefined,
  pulled: async () => [],
  remove: async () => false,
};

/** A wish without a version, of a catalogue whose default is this one. */
function wishFor(defaultVersion: string): ArtifactWish {
  const file = { url: `${host.url}/client-{version}.tar.gz`, format: 'tar.gz', bin: 'client' } as const;
  const artifacts: ClientDefinition['artifacts'] = [{ kind: 'archive', platforms: { 'linux-x64': file } }];
  return { client: { ...ethereumjs, displayName: 'Toy', defaultVersion, artifacts } };
}

const key = 'execution/ethereumjs';

describe('the list', () => {
  it('tells what is pinned, how far it is trusted, and whether it is here', async () => {
    expect(await keeper().list([wishFor('1.0.0')])).toMatchObject([
      { key, version: '1.0.0', isPinned: false, installed: 'no' },
    ]);
    await store().obtain(wishFor('1.0.0'));
    expect(await keeper().list([wishFor('2.0.0'), wishFor('2.0.0')])).toEqual([
      {
        key,
        client: 'Toy',
        source: 'archive',
        version: '1.0.0',
        origin: `${host.url}/client-1.0.0.tar.gz`,
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        trust: 'first-use',
        isPinned: true,
        installed: 'yes',
        path: expect.stringContaining('toy@1.0.0-linux-x64-'),
        bytes: 6,
      },
    ]);
  });

  it('says where the configuration means another program than the pinned one', async () => {
    await store().obtain(wishFor('1.0.0'));
    const artifact = { kind: 'archive', url: `${host.url}/mirror.tar.gz`, bin: 'client' } as const;
    const pinned = (await lock.read())[key];
    const wish = { ...wishFor('1.0.0'), version: '1.0.0', artifact };
    await lock.write({ programs: pinned === undefined ? {} : { [`${key}@1.0.0`]: pinned } });
    expect(await keeper().list([wish])).toMatchObject([{ disagrees: true }]);
  });
});

describe('a version that nobody publishes', () => {
  const nowhere = (): ArtifactWish => {
    const { client } = wishFor('3.0.0');
    const [archive] = client.artifacts;
    if (archive?.kind !== 'archive') throw new Error('it is an archive');
    // Its publisher writes a commit into addresses, and of this version none is known.
    return { client: { ...client, id: 'rare', artifacts: [{ ...archive, commits: {} }] }, version: '3.0.0' };
  };

  it('is told beside the others, and nothing that is installed goes for it', async () => {
    await store().obtain(wishFor('1.0.0'));
    expect(await keeper().list([nowhere(), wishFor('1.0.0')])).toMatchObject([
      {
        key: 'execution/rare@3.0.0',
        version: '3.0.0',
        isPinned: false,
        installed: 'no',
        problem: expect.stringContaining('not in version 3.0.0 for linux-x64'),
      },
      { key, version: '1.0.0', installed: 'yes' },
    ]);
    expect(await keeper().unneeded([nowhere(), wishFor('1.0.0')], none)).toEqual([]);
  });
});

describe('an update', () => {
  it('shows what it would change, changes it in one step, and goes back and forth', async () => {
    await store().obtain(wishFor('1.0.0'));
    const before = await lock.read();
    const plan = await keeper().planUpdate([wishFor('2.0.0')]);
    expect(plan).toEqual({
      changes: [
        {
          key,
          kind: 'changed',
          from: expect.stringContaining('1.0.0 (archive)'),
          to: expect.stringContaining('2.0.0 (archive)'),
        },
      ],
      canGoBack: false,
    });
    expect(await lock.read()).toEqual(before);
    expect(await keeper().update([wishFor('2.0.0')], signal)).toMatchObject({ canGoBack: true });
    expect(await lock.read()).toMatchObject({ [key]: { version: '2.0.0' } });
    expect((await store().obtain(wishFor('2.0.0'))).version).toBe('2.0.0');
    await keeper().back();
    expect(await lock.read()).toEqual(before);
    await host.close();
    expect((await store().obtain(wishFor('2.0.0'))).version).toBe('1.0.0');
    await keeper().back();
    expect(await lock.read()).toMatchObject({ [key]: { version: '2.0.0' } });
  });

  it('keeps what a supervisor pinned while programs were installed, and says so', async () => {
    await store().obtain(wishFor('1.0.0'));
    const before = await lock.read();
    const other = { source: 'builtin', package: 'p', version: '1' } as const;
    let pinned: Promise<void> | undefined;
    const disturbed = createArtifactKeeper({
      ...options(),
      onProgress: () => {
        pinned ??= lock.write({ programs: { ...before, 'consensus.other': other } });
      },
    });
    const update = disturbed.update([wishFor('2.0.0')], signal);
    await expect(update).rejects.toMatchObject({ code: 'EPH-ARTIFACT-LOCK-BUSY' });
    expect(pinned).toBeDefined();
    expect(await lock.read()).toEqual({ ...before, 'consensus.other': other });
  });

  it('that cannot be fetched leaves the lock file as it was', async () => {
    await store().obtain(wishFor('1.0.0'));
    const before = await lock.readAll();
    await expect(keeper().update([wishFor('3.0.0')], signal)).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-NOT-PUBLISHED',
    });
    expect(await lock.readAll()).toEqual(before);
  });

  it('drops what no node wants any more, pins what is new, and leaves alone what is right', async () => {
    await store().obtain(wishFor('1.0.0'));
    const exact = { ...wishFor('1.0.0'), version: '1.0.0' };
    expect((await keeper().update([exact], signal)).changes).toMatchObject([
      { key: `${key}@1.0.0`, kind: 'added' },
      { key, kind: 'dropped' },
    ]);
    expect(Object.keys(await lock.read())).toEqual([`${key}@1.0.0`]);
    expect((await keeper().update([exact], signal)).changes).toEqual([]);
    expect(Object.keys((await lock.readAll()).previous ?? {})).toEqual([key]);
  });

  it('takes what an image’s tag means now, goes back, and says when the registry does not answer', async () => {
    const [first, second] = [`sha256:${'1'.repeat(64)}`, `sha256:${'2'.repeat(64)}`];
    let published = first;
    let pulled: string | undefined;
    let isAway = false;
    const images: ImageStore = {
      ...emptyEngine,
      isPublished: () => true,
      digestOf: async () => pulled,
      pull: async () => {
        if (isAway) throw new Error('no such host');
        pulled = published;
      },
    };
    const image = { kind: 'image', image: 'registry.example/toy', tag: 'v1' } as const;
    const wish: ArtifactWish = { ...wishFor('1.0.0'), version: '1.0.0', artifact: image, form: 'image' };
    const ours = createArtifactKeeper({ ...options(), images: async () => images });
    const pinned = async () => (await lock.read())[`image:${key}@1.0.0`];
    await createArtifactStore({ ...options(), images: async () => images }).obtain(wish);
    expect((await ours.planUpdate([wish])).changes).toEqual([]);
    published = second;
    isAway = true;
    await expect(ours.planUpdate([wish])).rejects.toThrow('no such host');
    isAway = false;
    const change = {
      kind: 'changed',
      from: expect.stringContaining(`registry.example/toy:v1, checksum ${first}`),
      to: expect.stringContaining(`registry.example/toy:v1, checksum ${second}`),
    };
    expect((await ours.planUpdate([wish])).changes).toMatchObject([change]);
    expect(await pinned()).toMatchObject({ digest: first });
    expect((await ours.update([wish], signal)).changes).toMatchObject([change]);
    expect(await pinned()).toMatchObject({ digest: second });
    isAway = true;
    await ours.back();
    expect(await pinned()).toMatchObject({ digest: first });
    const held: ArtifactWish = { ...wish, artifact: { ...image, digest: first } };
    expect((await ours.planUpdate([held])).changes).toEqual([]);
  });

  it('cannot be gone back from when there was none', async () => {
    await store().obtain(wishFor('1.0.0'));
    await expect(keeper().back()).rejects.toMatchObject({ code: 'EPH-ARTIFACT-NO-PREVIOUS' });
  });
});

describe('images of the container engine', () => {
  const repository = 'registry.example/toy';
  const [first, second, third, fourth] = ['1', '2', '3', '4'].map(
    (digit) => `sha256:${digit.repeat(64)}`,
  ) as [string, string, string, string];
  const image = { kind: 'image', image: repository, tag: 'v1' } as const;
  const wish = (): ArtifactWish => ({
    ...wishFor('1.0.0'),
    version: '1.0.0',
    artifact: image,
    form: 'image',
  });
  const withImages = (images: ImageStore) => ({ ...options(), images: async () => images });

  it('are asked for by their pinned digest', async () => {
    const has = new Set<string>();
    const engine: ImageStore = {
      ...emptyEngine,
      digestOf: async () => first,
      find: async ({ digest }) => (has.has(digest) ? 'its name' : undefined),
    };
    await createArtifactStore(withImages(engine)).obtain(wish());
    const outcome = async (images: ImageStore) =>
      (await createArtifactKeeper(withImages(images)).verify([wish()]))[0];
    expect(await outcome(engine)).toMatchObject({ outcome: 'absent', problems: [] });
    has.add(first);
    expect(await outcome(engine)).toMatchObject({ outcome: 'good', problems: [] });
    const reason = '/run/engine.sock';
    const gone = artifactErrors.create('EPH-ARTIFACT-PROGRAM-MISSING', { client: 'Toy', path: reason });
    const silent = { ...engine, find: () => Promise.reject(gone), pulled: () => Promise.reject(gone) };
    expect(await outcome(silent)).toMatchObject({
      outcome: 'elsewhere',
      problems: [expect.stringContaining(reason)],
    });
    expect(await createArtifactKeeper(withImages(silent)).unneeded([], none)).toEqual([]);
  });

  it('go when we pulled them and nothing means them any more, unless something uses them', async () => {
    const has = new Map([
      [first, { repository, digest: first, tag: 'v1', bytes: 10, isUsed: false }],
      [second, { repository, digest: second, tag: 'v0', bytes: 20, isUsed: false }],
      [third, { repository, digest: third, bytes: 30, isUsed: false }],
      [fourth, { repository, digest: fourth, bytes: 40, isUsed: true }],
    ]);
    const engine: ImageStore = {
      ...emptyEngine,
      digestOf: async () => first,
      pulled: async () => [...has.values()],
      remove: async ({ digest }) => digest !== third && has.delete(digest),
    };
    await createArtifactStore(withImages(engine)).obtain(wish());
    const ours = createArtifactKeeper(withImages(engine));
    const unneeded = await ours.unneeded([wish()], none);
    expect(unneeded).toMatchObject([
      { what: `image ${repository}:v0`, path: `${repository}@${second}`, bytes: 20 },
      { what: `image ${repository}`, path: `${repository}@${third}`, bytes: 30 },
    ]);
    expect(await ours.unneeded([wish()], new Set(['0']))).toMatchObject([{ bytes: 30 }]);
    expect(await ours.remove(unneeded)).toMatchObject([{ bytes: 20 }]);
    expect([...has.keys()]).toEqual([first, third, fourth]);
  });
});

describe('reading programs again', () => {
  const verified = async () => (await keeper().verify([wishFor('1.0.0')]))[0];
  const contentPath = async () =>
    join(folder, 'artifacts', 'archive', (await installed())[0] ?? '', 'content');

  it('finds them as they are pinned, absent, or not pinned', async () => {
    expect(await verified()).toMatchObject({ outcome: 'unpinned' });
    await store().obtain(wishFor('1.0.0'));
    expect(await verified()).toEqual({ key, client: 'Toy', outcome: 'good', problems: [] });
    await rm(join(folder, 'artifacts'), { recursive: true });
    expect(await verified()).toMatchObject({ outcome: 'absent' });
  });

  it.each<[string, RegExp, (content: string) => Promise<void>]>([
    ['altered', /content\/client is altered/, (content) => writeFile(join(content, 'client'), 'v9.9.9')],
    ['gone', /content\/client is gone/, (content) => rm(join(content, 'client'))],
    [
      'not executable any more',
      /content\/client is altered/,
      (content) => chmod(join(content, 'client'), 0o600),
    ],
    ['joined by another', /content\/new was not in it/, (content) => writeFile(join(content, 'new'), '')],
  ])('finds a file %s', async (_, problem, change) => {
    await store().obtain(wishFor('1.0.0'));
    await change(await contentPath());
    expect(await verified()).toMatchObject({
      outcome: 'altered',
      problems: [expect.stringMatching(problem), 'it is not what the lock file has'],
    });
  });

  it('is not fooled by a record that was altered with the program', async () => {
    await store().obtain(wishFor('1.0.0'));
    const path = await contentPath();
    await writeFile(join(path, 'client'), 'v9.9.9');
    const record = join(path, '..', 'artifact.json');
    const { pin } = JSON.parse(await readFile(record, 'utf8'));
    const files = (await contentOf(join(path, '..'))).filter(({ path: name }) => name !== 'artifact.json');
    await writeFile(record, JSON.stringify({ pin, files }));
    expect(await verified()).toMatchObject({ problems: ['it is not what the lock file has'] });
  });
});

describe('making room', () => {
  it('keeps what is pinned, what was, what is wished and what may run', async () => {
    await store().obtain(wishFor('1.0.0'));
    await keeper().update([wishFor('2.0.0')], signal);
    expect(await keeper().unneeded([wishFor('2.0.0')], none)).toEqual([]);
    const { programs } = await lock.readAll();
    await lock.write({ programs });
    expect(await keeper().unneeded([wishFor('2.0.0')], new Set(['1.0.0']))).toEqual([]);
    const unneeded = await keeper().unneeded([wishFor('2.0.0')], none);
    expect(unneeded).toMatchObject([{ what: expect.stringContaining('1.0.0 (archive)'), bytes: 6 }]);
    await keeper().remove(unneeded);
    expect(await installed()).toEqual([expect.stringContaining('toy@2.0.0')]);
    await lock.write({ programs: {} });
    expect(await keeper().unneeded([wishFor('2.0.0')], none)).toEqual([]);
  });

  it('finds parts of downloads that nobody goes on with', async () => {
    const stop = new AbortController();
    host.misbehaviour = stopsAfter(20);
    const onProgress = () => stop.abort(new Error('enough'));
    const broken = createArtifactStore({ ...options(), onProgress });
    await expect(broken.obtain(wishFor('1.0.0'), stop.signal)).rejects.toThrow('enough');
    const unneeded = await keeper().unneeded([], none);
    expect(unneeded).toMatchObject([{ what: 'part of a download', bytes: 20 }]);
    await keeper().remove(unneeded);
    expect(await readdir(join(folder, 'artifacts', 'downloads'))).toEqual([]);
  });

  it('removes nothing when the lock file cannot be read', async () => {
    await store().obtain(wishFor('1.0.0'));
    await writeFile(lock.path, 'version: 9');
    await expect(keeper().unneeded([], none)).rejects.toMatchObject({ code: 'EPH-ARTIFACT-LOCK-UNREADABLE' });
  });
});
