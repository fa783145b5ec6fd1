import { createHash } from 'node:crypto';
import { access, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { ArtifactChoice } from '../core/clients/artifact-choice.ts';
import type { ClientDefinition } from '../core/clients/client.ts';
import { ethereumjs } from '../core/clients/execution/ethereumjs.ts';
import type { ConfiguredArtifact } from './artifact.ts';
import { type ArtifactStoreOptions, createArtifactStore } from './artifact-store.ts';
import { LockFile } from './lock-file.ts';

let folder: string;
let lock: LockFile;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-artifacts-'));
  lock = new LockFile(join(folder, 'ephemery.lock'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

const offline = {
  download: () => Promise.reject(new Error('no network')),
  unpack: () => Promise.reject(new Error('nothing to unpack')),
  execute: () => Promise.reject(new Error('nothing may run')),
};

function storeWith(more: Partial<ArtifactStoreOptions> = {}) {
  return createArtifactStore({
    folder: join(folder, 'artifacts'),
    lockPath: lock.path,
    nodePath: '/opt/node',
    platform: { os: 'linux', arch: 'x64' },
    env: {},
    clock: systemClock,
    log: silentLog,
    ...offline,
    ...more,
  });
}

function client(...artifacts: ArtifactChoice[]): ClientDefinition {
  return { ...ethereumjs, artifacts };
}

/** Archives as texts: `download` gives the address's text, `unpack` makes the program `bin/client` of it. */
function archives(published: Record<string, string>) {
  const asked: string[] = [];
  return {
    asked,
    download: async ({ url, file }: { url: string; file: string }) => {
      asked.push(url);
      const text = published[url];
      if (text === undefined) throw new Error('status 404');
      await writeFile(file, text);
      return { sha256: sha256(text) };
    },
    unpack: async (archive: string, into: string) => {
      await writeFile(join(into, 'client'), await readFile(archive));
    },
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('builtin programs', () => {
  const builtin = (version: string): ArtifactChoice => ({
    kind: 'builtin',
    package: '@ethereumjs/client',
    version,
    bin: 'dist/esm/bin/cli.js',
  });

  it('are found in our own installation, offline, and pinned', async () => {
    const program = await storeWith().obtain({ client: client(builtin('0.10.5')) });
    expect(program).toMatchObject({ client: 'EthereumJS', version: '0.10.5' });
    expect(program.command[0]).toBe('/opt/node');
    await expect(access(program.command[1] ?? '')).resolves.toBeUndefined();
    expect(await lock.read()).toEqual({
      'execution/ethereumjs': { source: 'builtin', package: '@ethereumjs/client', version: '0.10.5' },
    });
  });

  it('of another version than this installation has are refused', async () => {
    await expect(storeWith().obtain({ client: client(builtin('0.10.4')) })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-VERSION',
      facts: { wished: '0.10.4', actual: '0.10.5' },
    });
  });

  it('that were pinned in another version are never changed silently', async () => {
    const pinned = { source: 'builtin', package: '@ethereumjs/client', version: '0.9.0' } as const;
    await lock.write({ 'execution/ethereumjs': pinned });
    await expect(storeWith().obtain({ client: client(builtin('0.10.5')) })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-LOCK-MISMATCH',
      remedy: expect.stringContaining('remove the entry "execution/ethereumjs"'),
    });
    expect(await lock.read()).toEqual({ 'execution/ethereumjs': pinned });
  });

  it('that are not there are named', async () => {
    const missing: ArtifactChoice = { kind: 'builtin', package: 'not-installed', version: '1', bin: 'x' };
    await expect(storeWith().obtain({ client: client(missing) })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-PROGRAM-MISSING',
    });
  });
});

describe('programs from archives', () => {
  const url = 'https://example.org/{version}/client-{os}-{arch}.tar.gz';
  const address = 'https://example.org/1.2.3/client-linux-amd64.tar.gz';
  const wish = (more: Partial<ConfiguredArtifact & { kind: 'archive' }> = {}) => ({
    client: client(),
    version: '1.2.3',
    artifact: { kind: 'archive', url, bin: 'client', ...more } as const,
  });

  it('are installed once, pinned by checksum, and there without a network afterwards', async () => {
    const source = archives({ [address]: 'the program' });
    expect(await storeWith(source).plan(wish())).toEqual({
      action: 'install',
      what: 'EthereumJS 1.2.3 (archive)',
      origin: url,
    });
    const first = await storeWith(source).obtain(wish());
    expect(await readFile(first.command[0] ?? '', 'utf8')).toBe('the program');
    expect(await storeWith().obtain(wish())).toEqual(first);
    expect(await storeWith().plan(wish())).toEqual({ action: 'none', what: 'EthereumJS 1.2.3 (archive)' });
    expect(source.asked).toEqual([address]);
    expect(await lock.read()).toMatchObject({
      'execution/ethereumjs@1.2.3': { url, sha256: { 'linux-x64': sha256('the program') } },
    });
  });

  it('are refused, with nothing left behind, when they are not what was configured', async () => {
    const store = storeWith(archives({ [address]: 'another program' }));
    await expect(store.obtain(wish({ sha256: sha256('the program') }))).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-CHECKSUM',
      facts: { expected: sha256('the program'), actual: sha256('another program') },
    });
    expect(await readdir(join(folder, 'artifacts', 'archive'))).toEqual([]);
    expect(await lock.read()).toEqual({});
  });

  it('are refused when the publisher replaced what was pinned', async () => {
    await storeWith(archives({ [address]: 'the program' })).obtain(wish());
    await rm(join(folder, 'artifacts'), { recursive: true });
    await expect(storeWith(archives({ [address]: 'replaced' })).obtain(wish())).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-CHECKSUM',
    });
  });

  it('with another configured checksum or address than the pinned one need consent', async () => {
    await storeWith(archives({ [address]: 'the program' })).obtain(wish());
    for (const changed of [{ sha256: sha256('other') }, { url: 'https://example.org/mirror.tar.gz' }]) {
      await expect(storeWith().obtain(wish(changed))).rejects.toMatchObject({
        code: 'EPH-ARTIFACT-LOCK-MISMATCH',
      });
    }
  });

  it('keep the checksums of other platforms in the lock', async () => {
    await storeWith(archives({ [address]: 'the program' })).obtain(wish());
    const arm = { os: 'darwin', arch: 'arm64' };
    const source = archives({ 'https://example.org/1.2.3/client-darwin-arm64.tar.gz': 'for mac' });
    await storeWith({ ...source, platform: arm }).obtain(wish());
    expect(await lock.read()).toMatchObject({
      'execution/ethereumjs@1.2.3': {
        sha256: { 'linux-x64': sha256('the program'), 'darwin-arm64': sha256('for mac') },
      },
    });
  });

  it('that cannot be fetched say so with the cause, and leave nothing', async () => {
    await expect(storeWith(archives({})).obtain(wish())).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-FETCH',
      message: expect.stringContaining('status 404'),
    });
    expect(await readdir(join(folder, 'artifacts', 'archive'))).toEqual([]);
  });

  it('without the named program are not installed; a path that leads out is none', async () => {
    const source = archives({ [address]: 'the program' });
    await writeFile(join(folder, 'outside'), 'not ours to run', { mode: 0o600 });
    for (const bin of ['not-in-it', '../../../../outside', join(folder, 'outside')]) {
      await expect(storeWith(source).obtain(wish({ bin }))).rejects.toMatchObject({
        code: 'EPH-ARTIFACT-PROGRAM-MISSING',
      });
    }
    expect(await readdir(join(folder, 'artifacts', 'archive'))).toEqual([]);
    expect((await stat(join(folder, 'outside'))).mode & 0o777).toBe(0o600);
  });
});

describe('programs of the host', () => {
  const artifact = { kind: 'path', path: process.execPath } as const;
  const asking = client({ kind: 'path', versionArgs: ['--version'] });
  const says = (stdout: string) => ({
    execute: async () => ({ outcome: 'ended', exitCode: 0, stdout, stderr: '' }) as const,
  });

  it('are pinned with the version that they tell', async () => {
    const program = await storeWith(says('client/v1.2.3-stable/linux\n')).obtain({
      client: asking,
      artifact,
    });
    expect(program).toEqual({ client: 'EthereumJS', version: '1.2.3-stable', command: [process.execPath] });
  });

  it('are refused in another version than asked for, and than pinned', async () => {
    await expect(
      storeWith(says('1.2.4')).obtain({ client: asking, artifact, version: '1.2.3' }),
    ).rejects.toMatchObject({ code: 'EPH-ARTIFACT-VERSION' });
    await storeWith(says('1.2.3')).obtain({ client: asking, artifact });
    await expect(storeWith(says('1.2.4')).obtain({ client: asking, artifact })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-LOCK-MISMATCH',
    });
  });

  it('that are not there are named', async () => {
    const gone = { kind: 'path', path: join(folder, 'gone') } as const;
    await expect(storeWith().obtain({ client: client(), artifact: gone })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-PROGRAM-MISSING',
    });
  });
});

describe('several wishes at once', () => {
  it('are all pinned', async () => {
    const source = archives({ 'https://example.org/a': 'a', 'https://example.org/b': 'b' });
    const store = storeWith(source);
    const wish = (name: string) => ({
      client: { ...client(), id: name, displayName: name },
      version: '1',
      artifact: { kind: 'archive', url: `https://example.org/${name}`, bin: 'client' } as const,
    });
    await Promise.all([store.obtain(wish('a')), store.obtain(wish('b'))]);
    expect(Object.keys(await lock.read())).toEqual(['execution/a@1', 'execution/b@1']);
  });
});
