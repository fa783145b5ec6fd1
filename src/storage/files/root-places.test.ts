import { chmod, lstat, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bindConfig, boundConfig } from './config-binding.ts';
import { prepareRoot } from './layout.ts';
import { findRoot, rootPaths } from './root-paths.ts';
import { ensureSocketFolder, socketPath } from './socket-path.ts';

describe('where the root is', () => {
  const linux = { env: { HOME: '/home/ann' }, platform: 'linux' as const, workingDirectory: '/srv' };

  it.each([
    ['--home, from here', './here', linux, '/srv/here'],
    ['EPHEMERY_HOME', undefined, { ...linux, env: { ...linux.env, EPHEMERY_HOME: '/srv/e' } }, '/srv/e'],
    ['--home before EPHEMERY_HOME', '/a', { ...linux, env: { EPHEMERY_HOME: '/b' } }, '/a'],
    [
      'XDG_DATA_HOME',
      undefined,
      { ...linux, env: { ...linux.env, XDG_DATA_HOME: '/data' } },
      '/data/ephemery',
    ],
    [
      'the default, when XDG_DATA_HOME is relative',
      undefined,
      { ...linux, env: { ...linux.env, XDG_DATA_HOME: 'data' } },
      '/home/ann/.local/share/ephemery',
    ],
    [
      'the library on macOS',
      undefined,
      { ...linux, platform: 'darwin' as const },
      '/home/ann/Library/Application Support/ephemery',
    ],
  ])('is %s', (_what, given, host, expected) => expect(findRoot(given, host)).toBe(expected));
});

describe('where the control socket is', () => {
  let base: string;
  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'ephemery-socket-'));
    vi.stubEnv('TMPDIR', base);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(base, { recursive: true, force: true });
  });
  const longRoot = `/srv/${'long-'.repeat(30)}`;

  it('is in the root when the path is short enough', () => {
    expect(socketPath(rootPaths('/srv/e'))).toBe('/srv/e/run/control.sock');
  });

  it('is the same short path elsewhere for everybody, else', async () => {
    const path = socketPath(rootPaths(longRoot));
    expect(path).toBe(socketPath(rootPaths(longRoot)));
    expect(path).not.toBe(socketPath(rootPaths(`${longRoot}2`)));
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(100);
    await ensureSocketFolder(path);
    expect((await lstat(dirname(path))).mode & 0o777).toBe(0o700);
  });

  it('is refused in a folder that others may enter', async () => {
    const path = socketPath(rootPaths(longRoot));
    await mkdir(dirname(path));
    await chmod(dirname(path), 0o777);
    await expect(ensureSocketFolder(path)).rejects.toMatchObject({ code: 'EPH-ROOT-SOCKET-FOLDER' });
  });
});

describe('the configuration of a root', () => {
  it('is one; another is refused until it is adopted', async () => {
    const paths = rootPaths(await mkdtemp(join(tmpdir(), 'ephemery-bind-')));
    await prepareRoot(paths);
    expect(await boundConfig(paths)).toBeUndefined();
    await bindConfig(paths, '/a/ephemery.yaml');
    await bindConfig(paths, '/a/ephemery.yaml');
    await expect(bindConfig(paths, '/b/ephemery.yaml')).rejects.toMatchObject({
      code: 'EPH-ROOT-OTHER-CONFIG',
    });
    expect(await boundConfig(paths)).toBe('/a/ephemery.yaml');
    await bindConfig(paths, '/b/ephemery.yaml', true);
    expect(await boundConfig(paths)).toBe('/b/ephemery.yaml');
    await rm(paths.root, { recursive: true });
  });
});
