import { access, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type ArtifactStoreOptions,
  createArtifactKeeper,
  createArtifactStore,
} from '../../src/artifacts/artifact-store.ts';
import { LockFile } from '../../src/artifacts/lock-file.ts';
import { systemClock } from '../../src/base/clock.ts';
import { runCommand } from '../../src/base/exec.ts';
import { HttpClient } from '../../src/base/http.ts';
import { silentLog } from '../../src/base/log.ts';
import { ethereumjs } from '../../src/core/clients/execution/ethereumjs.ts';
import type { InstalledProgram } from '../../src/runtimes/runtime.ts';
import { type NpmRegistry, startNpmRegistry } from '../support/npm-registry.ts';

let folder: string;
let http: HttpClient;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ephemery-artifacts-'));
  http = new HttpClient({ environment: {} });
});

afterEach(async () => {
  await http.close();
  for (const close of closing.splice(0)) await close();
  await rm(folder, { recursive: true, force: true });
});

function store(more: Partial<ArtifactStoreOptions> = {}) {
  return createArtifactStore(options(more));
}

function options(more: Partial<ArtifactStoreOptions>): ArtifactStoreOptions {
  return {
    folder: join(folder, 'artifacts'),
    lockPath: join(folder, 'ephemery.lock'),
    nodePath: process.execPath,
    platform: { os: process.platform, arch: process.arch },
    env: process.env,
    clock: systemClock,
    log: silentLog,
    fetch: { http, tries: 2, backoff: quick },
    ...more,
  };
}

const quick = { firstMs: 10, lastMs: 20 };
const bare = { ...ethereumjs, artifacts: [] };

async function printed(program: InstalledProgram): Promise<string> {
  const outcome = await runCommand({ command: program.command, env: {}, deadlineMs: 20_000 });
  return outcome.outcome === 'ended' ? outcome.stdout : outcome.outcome;
}

describe('programs from an npm registry', () => {
  let registry: NpmRegistry;
  const artifact = { kind: 'npm', package: 'toy-client', bin: 'bin.mjs' } as const;
  const wish = { client: bare, version: '1.0.0', artifact };

  const publish = (program: string) =>
    registry.publish({
      name: 'toy-client',
      version: '1.0.0',
      dependencies: { 'toy-dependency': '^1.0.0' },
      scripts: { postinstall: `node -e "require('fs').writeFileSync('script-ran','')"` },
      program,
    });

  beforeEach(async () => {
    registry = await startNpmRegistry();
    closing.push(() => registry.close());
    await registry.publish({ name: 'toy-dependency', version: '1.0.0', program: 'export const word = 1;' });
    await publish("import { word } from 'toy-dependency/bin.mjs'; console.log('toy', word);");
  });

  /** The user's npm, as configured for our registry; its cache is empty each time. */
  const online = () => ({
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      npm_config_registry: registry.url,
      npm_config_cache: join(folder, `cache-${systemClock.nowMs()}`),
      npm_config_fetch_retries: '0',
    },
  });

  it('are installed once, without their scripts, pinned, and run offline afterwards', async () => {
    const program = await store(online()).obtain(wish);
    expect(await printed(program)).toBe('toy 1\n');
    const packageFolder = join(program.command[1] ?? '', '..');
    await expect(access(join(packageFolder, 'script-ran'))).rejects.toThrow('ENOENT');
    const pins = await new LockFile(join(folder, 'ephemery.lock')).read();
    expect(pins['execution/ethereumjs@1.0.0']).toMatchObject({
      source: 'npm',
      package: 'toy-client',
      integrity: expect.stringMatching(/^sha512-/),
    });
    await registry.close();
    expect(await store(online()).obtain(wish)).toEqual(program);
  });

  const forget = () => rm(join(folder, 'artifacts'), { recursive: true });
  const moveOn = () =>
    registry.publish({ name: 'toy-dependency', version: '1.0.1', program: 'export const word = 2;' });

  it('come with the dependencies of when they were pinned, whatever was published since', async () => {
    await store(online()).obtain(wish);
    await forget();
    await moveOn();
    expect(await printed(await store(online()).obtain(wish))).toBe('toy 1\n');
    const [kept = ''] = await readdir(join(folder, 'ephemery.lock.d'));
    expect(kept).toMatch(/^toy-client@1\.0\.0-[0-9a-f]{12}\.json$/);
    expect(await readFile(join(folder, 'ephemery.lock.d', kept), 'utf8')).not.toContain('http');
  });

  it('leave their list of dependencies until nothing pins them', async () => {
    await registry.publish({ name: 'toy-client', version: '2.0.0', program: "console.log('two');" });
    await store(online()).obtain(wish);
    await store(online()).obtain({ ...wish, version: '2.0.0' });
    const keeper = createArtifactKeeper(options(online()));
    await keeper.remove([]);
    expect(await readdir(join(folder, 'ephemery.lock.d'))).toHaveLength(2);
    const lock = new LockFile(join(folder, 'ephemery.lock'));
    const { 'execution/ethereumjs@1.0.0': _, ...programs } = await lock.read();
    await lock.write({ programs });
    await keeper.remove([]);
    expect(await readdir(join(folder, 'ephemery.lock.d'))).toEqual([expect.stringMatching(/^toy-client@2/)]);
  });

  it.each([
    ['lost', () => rm(join(folder, 'ephemery.lock.d'), { recursive: true })],
    ['altered', () => alterTrees((text) => text.replaceAll('1.0.0', '1.0.1'))],
    ['damaged', () => alterTrees((text) => text.slice(0, 40))],
  ])('are refused when a dependency moved on and the list of them is %s', async (_, harm) => {
    await store(online()).obtain(wish);
    await forget();
    await moveOn();
    await harm();
    await expect(store(online()).obtain(wish)).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-CHECKSUM',
      facts: { expected: expect.stringContaining('dependencies') },
    });
    expect(await readdir(join(folder, 'artifacts', 'npm'))).toEqual([]);
  });

  it('are refused when the registry replaced them', async () => {
    await store(online()).obtain(wish);
    await forget();
    await publish("console.log('replaced');");
    await expect(store(online()).obtain(wish)).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-CHECKSUM',
      facts: { expected: expect.stringMatching(/^sha512-/), actual: expect.stringMatching(/^sha512-/) },
    });
    expect(await readdir(join(folder, 'artifacts', 'npm'))).toEqual([]);
  });

  async function alterTrees(change: (text: string) => string): Promise<void> {
    const trees = join(folder, 'ephemery.lock.d');
    for (const name of await readdir(trees)) {
      await writeFile(join(trees, name), change(await readFile(join(trees, name), 'utf8')));
    }
  }

  it('are refused when they are not what the configuration says', async () => {
    const integrity = `sha512-${'A'.repeat(86)}==`;
    const strict = { ...wish, artifact: { ...artifact, integrity } };
    await expect(store(online()).obtain(strict)).rejects.toMatchObject({ code: 'EPH-ARTIFACT-CHECKSUM' });
  });

  it('say why they cannot be installed', async () => {
    await expect(store(online()).obtain({ ...wish, version: '9.9.9' })).rejects.toMatchObject({
      code: 'EPH-ARTIFACT-NOT-PUBLISHED',
      message: expect.stringContaining('9.9.9'),
    });
  });
});

describe('programs from an archive', () => {
  const sources = () => join(folder, 'sources');

  /** Serves the archive; the first answer breaks off in the middle. */
  async function serve(archive: string): Promise<string> {
    const bytes = await readFile(archive);
    let asked = 0;
    const server = createServer((request, response) => {
      asked += 1;
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(from > 0 ? 206 : 200, {
        etag: '"one"',
        'content-length': bytes.length - from,
        ...(from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
      });
      if (asked > 1) return response.end(bytes.subarray(from));
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
      return undefined;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(async () => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/client.tar.gz`;
  }

  async function archiveOf(names: readonly string[]): Promise<string> {
    const file = join(folder, 'client.tar.gz');
    await create({ cwd: sources(), file, gzip: true }, [...names]);
    return file;
  }

  const wishFor = (url: string) => ({
    client: bare,
    version: '1.0.0',
    artifact: { kind: 'archive', url, bin: 'client-1.0.0/bin/client' } as const,
  });

  beforeEach(async () => {
    await mkdir(join(sources(), 'client-1.0.0', 'bin'), { recursive: true });
    await writeFile(join(sources(), 'client-1.0.0', 'bin', 'client'), '#!/bin/sh\necho the client\n');
  });

  it('are fetched over a broken connection, unpacked and executable', async () => {
    const url = await serve(await archiveOf(['client-1.0.0']));
    const program = await store().obtain(wishFor(url));
    expect(await printed(program)).toBe('the client\n');
    for (const close of closing.splice(0)) await close();
    expect(await store().obtain(wishFor(url))).toEqual(program);
  });

  it('with a link in it are not installed', async () => {
    await symlink('/etc', join(sources(), 'client-1.0.0', 'etc'));
    const url = await serve(await archiveOf(['client-1.0.0']));
    await expect(store().obtain(wishFor(url))).rejects.toMatchObject({ code: 'EPH-ARTIFACT-FETCH' });
    expect(await readdir(join(folder, 'artifacts', 'archive'))).toEqual([]);
  });
});
