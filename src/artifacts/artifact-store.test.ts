import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { HttpClient } from '../base/http.ts';
import { type Log, silentLog } from '../base/log.ts';
import type { ArtifactChoice } from '../core/clients/artifact-choice.ts';
import type { ClientDefinition } from '../core/clients/client.ts';
import { ethereumjs } from '../core/clients/execution/ethereumjs.ts';
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
  fetch: { http: new HttpClient({ environment: {} }) },
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

  it('that were pinned by an earlier installation follow this one, and that is told', async () => {
    const pinned = { source: 'builtin', package: '@ethereumjs/client', version: '0.9.0' } as const;
    const other = { source: 'path', path: '/opt/geth', version: '1' } as const;
    await lock.write({ programs: { 'execution/ethereumjs': pinned, 'execution/geth': other } });
    const told: object[] = [];
    const log = { ...silentLog, warn: (_: string, facts: object) => told.push(facts) } as unknown as Log;
    expect(await storeWith({ log }).plan({ client: client(builtin('0.10.5')) })).toMatchObject({
      action: 'none',
    });
    const readOnly = storeWith({ log, readOnly: true });
    await readOnly.obtain({ client: client(builtin('0.10.5')) });
    expect((await lock.read())['execution/ethereumjs']).toEqual(pinned);
    const program = await storeWith({ log }).obtain({ client: client(builtin('0.10.5')) });
    expect(program.version).toBe('0.10.5');
    expect(await lock.read()).toEqual({
      'execution/ethereumjs': { ...pinned, version: '0.10.5' },
      'execution/geth': other,
    });
    await storeWith({ log }).obtain({ client: client(builtin('0.10.5')) });
    expect(told).toEqual([
      {
        key: 'execution/ethereumjs',
        before: '0.9.0 (builtin) from @ethereumjs/client',
        now: '0.10.5 (builtin) from @ethereumjs/client',
      },
    ]);
  });

  it('that the configuration has from elsewhere now are never exchanged silently', async () => {
    const pinned = { source: 'builtin', package: '@ethereumjs/client', version: '0.10.5' } as const;
    await lock.write({ programs: { 'execution/ethereumjs': pinned } });
    const artifact = { kind: 'path', path: process.execPath } as const;
    await expect(storeWith().obtain({ client: client(), artifact })).rejects.toMatchObject({
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
