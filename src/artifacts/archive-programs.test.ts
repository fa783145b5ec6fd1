import { createHash } from 'node:crypto';
import { access, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArtifactHost, stopsAfter } from '../../test/support/artifact-host.ts';
import { freePort } from '../../test/support/free-port.ts';
import { armored } from '../../test/support/gpg-signatures.ts';
import { rsaPublisher, rsaSignatures } from '../../test/support/rsa-signatures.ts';
import { signingKey } from '../../test/support/signing-key.ts';
import { tarEntry, tarGzOf } from '../../test/support/tar-archive.ts';
import { zipOf } from '../../test/support/zip-archive.ts';
import { systemClock } from '../base/clock.ts';
import { HttpClient } from '../base/http.ts';
import { silentLog } from '../base/log.ts';
import type { PublishedArchive } from '../core/clients/artifact-choice.ts';
import type { ClientDefinition } from '../core/clients/client.ts';
import { ethereumjs } from '../core/clients/execution/ethereumjs.ts';
import type { ConfiguredArtifact } from './artifact.ts';
import { type ArtifactStoreOptions, createArtifactStore } from './artifact-store.ts';
import { LockFile } from './lock-file.ts';

let folder: string;
let lock: LockFile;
let host: ArtifactHost;
let http: HttpClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-archives-'));
  lock = new LockFile(join(folder, 'ephemery.lock'));
  host = await ArtifactHost.start();
  http = new HttpClient({ environment: {} });
});

afterEach(async () => {
  await http.close();
  await host.close();
  await rm(folder, { recursive: true, force: true });
});

function store(more: Partial<ArtifactStoreOptions> = {}) {
  return createArtifactStore({
    folder: join(folder, 'artifacts'),
    lockPath: lock.path,
    nodePath: '/opt/node',
    platform: { os: 'linux', arch: 'x64' },
    env: {},
    clock: systemClock,
    log: silentLog,
    fetch: { http, tries: 2, backoff: { firstMs: 1, lastMs: 1 } },
    execute: () => Promise.reject(new Error('nothing may run')),
    ...more,
  });
}

const sha256 = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');
const program = '#!/bin/sh\necho the client\n';
const installed = () => readdir(join(folder, 'artifacts', 'archive')).catch(() => []);
const parts = () => readdir(join(folder, 'artifacts', 'downloads'));

/** A client of the catalogue with one published file for this platform. */
function published(
  archive: Partial<PublishedArchive> & { url: string },
  more: object = {},
): ClientDefinition {
  const file: PublishedArchive = { format: 'tar.gz', bin: 'client-{version}/client', ...archive };
  const choice = { kind: 'archive', platforms: { 'linux-x64': file }, ...more } as const;
  return { ...ethereumjs, displayName: 'Toy', defaultVersion: '1.2.3', artifacts: [choice] };
}

const tarball = (content = program) =>
  tarGzOf(
    tarEntry({ path: 'client-1.2.3/', type: 'Directory' }),
    tarEntry({ path: 'client-1.2.3/client', mode: 0o755 }, content),
    tarEntry({ path: 'client-1.2.3/COPYING' }, 'free'),
  );

describe('a tar.gz of a GitHub release, with a list of checksums', () => {
  const path = '/toy/toy/releases/download/v1.2.3/client-1.2.3-linux-amd64.tar.gz';
  const sums = '/toy/toy/releases/download/v1.2.3/SHA256SUMS';
  const client = () =>
    published({
      url: `${host.url}/toy/toy/releases/download/v{version}/client-{version}-linux-amd64.tar.gz`,
      checksum: { url: `${host.url}/toy/toy/releases/download/v{version}/SHA256SUMS`, form: 'sha256sum' },
    });
  const list = (sum: string) =>
    `${'0'.repeat(64)}  other.tar.gz\n${sum} *./client-1.2.3-linux-amd64.tar.gz\n`;

  it('is installed over the redirect, pinned as the publisher says, and there without a network', async () => {
    host.publish(path, tarball());
    host.publish(sums, list(sha256(tarball())));
    expect(await store().plan({ client: client() })).toEqual({
      action: 'install',
      what: 'Toy 1.2.3 (archive)',
      version: '1.2.3',
      origin: `${host.url}${path}`,
      program: { client: 'Toy', version: '1.2.3', command: [], absent: `${host.url}${path}` },
    });
    const first = await store().obtain({ client: client() });
    expect(first).toMatchObject({ client: 'Toy', version: '1.2.3' });
    expect(await readFile(first.command[0] ?? '', 'utf8')).toBe(program);
    expect((await stat(first.command[0] ?? '')).mode & 0o777).toBe(0o700);
    expect(await lock.read()).toEqual({
      'execution/ethereumjs': {
        source: 'archive',
        version: '1.2.3',
        platforms: {
          'linux-x64': {
            url: `${host.url}${path}`,
            sha256: sha256(tarball()),
            tree: expect.stringMatching(/^[0-9a-f]{64}$/),
            trust: 'publisher',
          },
        },
      },
    });
    const asked = host.asked.length;
    await host.close();
    expect(await store().obtain({ client: client() })).toEqual(first);
    expect(await store().plan({ client: client() })).toMatchObject({ action: 'none' });
    expect(host.asked).toHaveLength(asked);
    expect(await parts()).toEqual([]);
  });

  it('is refused when it is not what the publisher says, with nothing left behind', async () => {
    host.publish(path, tarball('another program'));
    host.publish(sums, list(sha256(tarball())));
    await expect(store().obtain({ client: client() })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-CHECKSUM',
      facts: { expected: sha256(tarball()), actual: sha256(tarball('another program')) },
    });
    expect(await installed()).toEqual([]);
    expect(await parts()).toEqual([]);
    expect(await lock.read()).toEqual({});
  });

  it.each([
    ['is gone', undefined, /status 404/],
    ['names other files', `${'0'.repeat(64)}  other.tar.gz\n`, /does not name/],
    ['is a web page', '<html>', /web page/],
  ])('is not fetched when the list %s', async (_, content, problem) => {
    host.publish(path, tarball());
    if (content !== undefined) host.publish(sums, content);
    await expect(store().obtain({ client: client() })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-NO-CHECKSUM',
      message: expect.stringMatching(problem),
    });
    expect(host.asked).toEqual([sums]);
  });

  it('stays what it was when the publisher replaced both', async () => {
    host.publish(path, tarball());
    host.publish(sums, list(sha256(tarball())));
    await store().obtain({ client: client() });
    await rm(join(folder, 'artifacts'), { recursive: true });
    host.publish(path, tarball('replaced'));
    host.publish(sums, list(sha256(tarball('replaced'))));
    await expect(store().obtain({ client: client() })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-CHECKSUM',
    });
  });

  it('of a newer default version is not taken up by itself', async () => {
    host.publish(path, tarball());
    host.publish(sums, list(sha256(tarball())));
    const first = await store().obtain({ client: client() });
    expect(await store().obtain({ client: { ...client(), defaultVersion: '2.0.0' } })).toEqual(first);
  });
});

describe('a tar.gz of a GitHub release, with a signature', () => {
  const path = '/toy/toy/releases/download/v1.2.3/client-v1.2.3-x86_64-unknown-linux-gnu.tar.gz';
  const signer = signingKey();
  const client = (key = signer.key) => {
    const url = `${host.url}/toy/toy/releases/download/v{version}/client-v{version}-x86_64-unknown-linux-gnu.tar.gz`;
    return published({ url, signature: { url: `${url}.asc`, key } });
  };

  it('is installed when its publisher signed it, and that is kept', async () => {
    host.publish(path, tarball());
    host.publish(`${path}.asc`, signer.sign(tarball()));
    const { command } = await store().obtain({ client: client() });
    expect(await readFile(command[0] ?? '', 'utf8')).toBe(program);
    expect(host.asked).toEqual([`${path}.asc`, path]);
    expect(await lock.read()).toMatchObject({
      'execution/ethereumjs': {
        platforms: { 'linux-x64': { sha256: sha256(tarball()), trust: 'signature' } },
      },
    });
  });

  it('is installed when an RSA key signed it whose id alone is told, as Geth does', async () => {
    const url = `${host.url}/builds/client-{version}`;
    host.publish('/builds/client-1.2.3', program);
    host.publish('/builds/client-1.2.3.asc', armored(rsaSignatures.goOverScript));
    const signature = { url: `${url}.asc`, key: rsaPublisher };
    await store().obtain({ client: published({ url, format: 'program', bin: 'client', signature }) });
    expect(await lock.read()).toMatchObject({
      'execution/ethereumjs': { platforms: { 'linux-x64': { trust: 'signature' } } },
    });
  });

  it.each<[string, () => string | undefined, readonly string[], RegExp]>([
    [
      'it was altered',
      () => signer.sign(tarball('before')),
      ['.asc', ''],
      /not the signature of [0-9A-F]{40}/,
    ],
    [
      'another key signed it',
      () => signingKey().sign(tarball()),
      ['.asc'],
      /by the key [0-9A-F]{40}, and not/,
    ],
    [
      'another key signed it, told by its id alone',
      () => armored(rsaSignatures.go),
      ['.asc'],
      /by the key [0-9A-F]{16}, and not/,
    ],
    ['the signature is gone', () => undefined, ['.asc'], /status 404/],
    ['the signature is a web page', () => '<html>', ['.asc'], /web page/],
    ['the signature is none', () => 'soon', ['.asc'], /no armored signature/],
  ])('is refused when %s, with nothing left behind', async (_, signature, asked, problem) => {
    host.publish(path, tarball());
    const text = signature();
    if (text !== undefined) host.publish(`${path}.asc`, text);
    await expect(store().obtain({ client: client() })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-SIGNATURE',
      message: expect.stringMatching(problem),
    });
    expect(host.asked).toEqual(asked.map((ending) => `${path}${ending}`));
    expect(await installed()).toEqual([]);
    expect(await parts().catch(() => [])).toEqual([]);
    expect(await lock.read()).toEqual({});
  });

  it('of a publisher that cannot be reached is told so, is not installed, and nothing is said of the signature', async () => {
    host.publish(path, tarball());
    const port = await freePort();
    const unreached = published({
      url: `${host.url}${path}`,
      signature: { url: `http://127.0.0.1:${port}/client.asc`, key: signer.key },
    });
    await expect(store().obtain({ client: unreached })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-FETCH',
      message: expect.stringMatching(/did not answer/),
      remedy: expect.stringMatching(/network/),
    });
    expect(host.asked).toEqual([]);
    expect(await installed()).toEqual([]);
    expect(await lock.read()).toEqual({});
  });

  it('is held to a checksum that is pinned or configured already, and not to the signature', async () => {
    host.publish(path, tarball());
    host.publish(`${path}.asc`, signer.sign(tarball()));
    await store().obtain({ client: client() });
    await rm(join(folder, 'artifacts'), { recursive: true });
    const another = signingKey();
    host.publish(path, tarball('signed too'));
    host.publish(`${path}.asc`, another.sign(tarball('signed too')));
    await expect(store().obtain({ client: client(another.key) })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-CHECKSUM',
    });
  });
});

describe('a tar.gz of a flat store, without checksums', () => {
  const client = () => published({ url: `${host.url}/builds/client-{version}.tar.gz` });
  const path = '/builds/client-1.2.3.tar.gz';

  it('is trusted as it first came, and then only so', async () => {
    host.publish(path, tarball());
    await store().obtain({ client: client() });
    expect(await lock.read()).toMatchObject({
      'execution/ethereumjs': { platforms: { 'linux-x64': { trust: 'first-use' } } },
    });
    await rm(join(folder, 'artifacts'), { recursive: true });
    host.publish(path, tarball('altered'));
    await expect(store().obtain({ client: client() })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-CHECKSUM',
    });
    expect(await installed()).toEqual([]);
  });

  it.each<[string, Buffer, RegExp]>([
    ['cut short', tarball().subarray(0, -30), /unexpected end|cut short|zlib/i],
    ['a page that says it is a file', Buffer.from('<!doctype html>'), /no gzip archive/],
    ['too many bytes', Buffer.concat([tarball(), Buffer.alloc(20_000)]), /more than 10000 bytes/],
    ['a bomb', tarGzOf(tarEntry({ path: 'client-1.2.3/client' }, Buffer.alloc(900_000))), /too large/],
    [
      'a link that leads out',
      tarGzOf(tarEntry({ path: 'x', type: 'SymbolicLink', linkpath: '/etc' })),
      /link/,
    ],
    ['a path that leads out', tarGzOf(tarEntry({ path: '../../client' }, program)), /out of the folder/],
  ])('is refused when it is %s', async (_, content, problem) => {
    host.publish(path, content);
    const limits = { downloadBytes: 10_000, unpackedBytes: 800_000, fileBytes: 500_000, entries: 50 };
    await expect(store({ limits }).obtain({ client: client() })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-FETCH',
      message: expect.stringMatching(problem),
    });
    expect(await installed()).toEqual([]);
    expect(await parts()).toEqual([]);
    expect(await lock.read()).toEqual({});
  });

  it('that is not there says so', async () => {
    await expect(store().obtain({ client: client() })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-NOT-PUBLISHED',
      message: expect.stringContaining('status 404'),
    });
  });

  it('without the named program is not installed; a path that leads out is none', async () => {
    host.publish(path, tarball());
    await writeFile(join(folder, 'outside'), 'not ours to run', { mode: 0o600 });
    for (const bin of ['not-in-it', '../../../../outside', join(folder, 'outside')]) {
      const wish = { client: published({ url: `${host.url}${path}`, bin }) };
      await expect(store().obtain(wish)).rejects.toMatchObject({ code: 'EPH-ARTIFACT-PROGRAM-MISSING' });
    }
    expect(await installed()).toEqual([]);
    expect((await stat(join(folder, 'outside'))).mode & 0o777).toBe(0o600);
  });

  it('with a link inside and another executable has both', async () => {
    const archive = tarGzOf(
      tarEntry({ path: 'client-1.2.3/bin/client', mode: 0o755 }, program),
      tarEntry({ path: 'client-1.2.3/client', type: 'SymbolicLink', linkpath: 'bin/client' }),
    );
    host.publish(path, archive);
    const { command } = await store().obtain({ client: client() });
    expect(await readFile(command[0] ?? '', 'utf8')).toBe(program);
  });
});

describe('a download that breaks off', () => {
  const path = '/builds/client-1.2.3.tar.gz';
  const client = () => published({ url: `${host.url}${path}` });
  const large = () =>
    tarball(`${program}${Array.from({ length: 20_000 }, (_, i) => sha256(`${i}`)).join('')}`);

  it('is gone on with by the next try, also of another process', async () => {
    const body = large();
    host.publish(path, body);
    host.misbehaviour = stopsAfter(body.length >> 1);
    const stop = new AbortController();
    const half = (progress: { bytes: number }) => {
      if (progress.bytes === body.length >> 1) stop.abort(new Error('killed'));
    };
    await expect(store({ onProgress: half }).obtain({ client: client() }, stop.signal)).rejects.toThrow(
      'killed',
    );
    expect(await parts()).toHaveLength(2);
    host.misbehaviour = undefined;
    const { command } = await store().obtain({ client: client() });
    expect(await readFile(command[0] ?? '', 'utf8')).toContain(program);
    expect(host.asked).toEqual([path, `${path} bytes=${body.length >> 1}-`]);
    expect(await parts()).toEqual([]);
  });

  it('begins anew when the file was replaced meanwhile', async () => {
    const body = large();
    host.publish(path, body);
    host.misbehaviour = stopsAfter(1_000);
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error('killed'));
    await expect(store({ onProgress }).obtain({ client: client() }, stop.signal)).rejects.toThrow('killed');
    host.misbehaviour = undefined;
    host.publish(path, tarball());
    const { command } = await store().obtain({ client: client() });
    expect(await readFile(command[0] ?? '', 'utf8')).toBe(program);
  });

  it('is not resumed by two at once: both end with the whole', async () => {
    host.publish(path, large());
    const programs = await Promise.all([
      store().obtain({ client: client() }),
      store().obtain({ client: client() }),
    ]);
    expect(programs[0]).toEqual(programs[1]);
    await expect(access(programs[0].command[0] ?? '')).resolves.toBeUndefined();
    expect(await installed()).toHaveLength(1);
    expect(await parts()).toEqual([]);
  });
});

describe('other forms', () => {
  it('a zip is unpacked', async () => {
    const zip = zipOf(
      { path: 'client', content: program, mode: 0o100644 },
      { path: 'plugins/a.dll', content: 'x' },
    );
    const url = host.publish('/toy/toy/releases/download/1.2.3/client.zip', zip);
    const { command } = await store().obtain({ client: published({ url, format: 'zip', bin: 'client' }) });
    expect((await stat(command[0] ?? '')).mode & 0o777).toBe(0o700);
  });

  it('a program is taken as it is, with a checksum that stands alone', async () => {
    const url = host.publish('/toy/toy/releases/download/v1.2.3/beacon-chain-v1.2.3-linux-amd64', program);
    host.publish(
      '/toy/toy/releases/download/v1.2.3/beacon-chain.sha256',
      `${sha256(program).toUpperCase()}\n`,
    );
    const checksum = {
      url: `${host.url}/toy/toy/releases/download/v1.2.3/beacon-chain.sha256`,
      form: 'bare',
    } as const;
    const client = published({ url, format: 'program', bin: 'beacon-chain', checksum });
    const { command } = await store().obtain({ client });
    expect(command[0]?.endsWith('/content/beacon-chain')).toBe(true);
    expect(await readFile(command[0] ?? '', 'utf8')).toBe(program);
  });

  it('what is no program is not taken for one', async () => {
    const url = host.publish('/builds/client', 'Not Found');
    await expect(
      store().obtain({ client: published({ url, format: 'program', bin: 'client' }) }),
    ).rejects.toMatchObject({ code: 'EPH-ARTIFACT-FETCH', message: expect.stringContaining('no program') });
  });

  it('what needs another program of the host is not fetched without it', async () => {
    const url = host.publish('/builds/client.tar.gz', tarball());
    const client = published({ url }, { needs: [{ program: 'java', words: 'Java 21 or later' }] });
    await expect(store({ env: { PATH: folder } }).obtain({ client })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-NEEDS',
    });
    await writeFile(join(folder, 'java'), '', { mode: 0o755 });
    await expect(store({ env: { PATH: folder } }).obtain({ client })).resolves.toMatchObject({
      version: '1.2.3',
    });
    expect(host.asked).toHaveLength(1);
  });
});

describe('a configured archive', () => {
  const wish = (more: Partial<ConfiguredArtifact & { kind: 'archive' }> = {}) => ({
    client: { ...ethereumjs, artifacts: [] },
    version: '1.2.3',
    artifact: {
      kind: 'archive',
      url: `${host.url}/{version}/client-{os}-{arch}.tar.gz`,
      bin: 'client-{version}/client',
      ...more,
    } as const,
  });

  it('must have the configured checksum, and says where that comes from', async () => {
    host.publish('/1.2.3/client-linux-amd64.tar.gz', tarball());
    await expect(store().obtain(wish({ sha256: sha256('other') }))).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-CHECKSUM',
    });
    await store().obtain(wish({ sha256: sha256(tarball()) }));
    expect(await lock.read()).toMatchObject({
      'execution/ethereumjs@1.2.3': { platforms: { 'linux-x64': { trust: 'configured' } } },
    });
  });

  it('with another checksum or address than the pinned one needs consent', async () => {
    host.publish('/1.2.3/client-linux-amd64.tar.gz', tarball());
    await store().obtain(wish());
    for (const changed of [{ sha256: sha256('other') }, { url: `${host.url}/mirror.tar.gz` }]) {
      await expect(store().obtain(wish(changed))).rejects.toMatchObject({
        code: 'EPH-ARTIFACT-LOCK-MISMATCH',
      });
    }
  });

  it('keeps the checksums of other platforms in the lock', async () => {
    host.publish('/1.2.3/client-linux-amd64.tar.gz', tarball());
    host.publish('/1.2.3/client-darwin-arm64.tar.gz', tarball('#!for mac'));
    await store().obtain(wish());
    await store({ platform: { os: 'darwin', arch: 'arm64' } }).obtain(wish());
    expect(await lock.read()).toMatchObject({
      'execution/ethereumjs@1.2.3': {
        platforms: {
          'linux-x64': { sha256: sha256(tarball()) },
          'darwin-arm64': { sha256: sha256(tarball('#!for mac')) },
        },
      },
    });
  });

  it('of several wishes at once are all pinned', async () => {
    const together = store();
    const named = (name: string) => ({
      ...wish(),
      client: { ...ethereumjs, artifacts: [], id: name, displayName: name },
    });
    host.publish('/1.2.3/client-linux-amd64.tar.gz', tarball());
    await Promise.all([together.obtain(named('a')), together.obtain(named('b'))]);
    expect(Object.keys(await lock.read())).toEqual(['execution/a@1.2.3', 'execution/b@1.2.3']);
  });
});
