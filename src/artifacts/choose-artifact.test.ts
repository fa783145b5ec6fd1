import { describe, expect, it } from 'vitest';
import type { ClientDefinition } from '../core/clients/client.ts';
import { ethereumjs } from '../core/clients/execution/ethereumjs.ts';
import type { ArtifactWish } from './artifact.ts';
import { chooseArtifact, keyOf } from './choose-artifact.ts';

const choose = (wish: ArtifactWish) => chooseArtifact(wish, 'linux-x64');

describe('the source of a program', () => {
  it('is the builtin without a version, and with the very version of it', () => {
    const builtin = { source: 'builtin', package: '@ethereumjs/client', version: '0.10.5' };
    expect(choose({ client: ethereumjs })).toMatchObject(builtin);
    expect(choose({ client: ethereumjs, version: '0.10.5' })).toMatchObject(builtin);
  });

  it('is the next of the catalogue for another version', () => {
    expect(choose({ client: ethereumjs, version: '0.11.0' })).toEqual({
      source: 'npm',
      package: '@ethereumjs/client',
      version: '0.11.0',
      bin: 'dist/esm/bin/cli.js',
    });
  });

  it('is what the configuration says, with the program of the catalogue', () => {
    const artifact = { kind: 'npm', package: 'my-fork', integrity: 'sha512-x' } as const;
    expect(choose({ client: ethereumjs, version: '1.0.0', artifact })).toEqual({
      source: 'npm',
      package: 'my-fork',
      version: '1.0.0',
      bin: 'dist/esm/bin/cli.js',
      integrity: 'sha512-x',
    });
  });

  it('takes a path without a version', () => {
    const artifact = { kind: 'path', path: '/opt/client' } as const;
    expect(choose({ client: ethereumjs, artifact })).toEqual({ source: 'path', path: '/opt/client' });
  });

  const geth: ClientDefinition = {
    ...ethereumjs,
    defaultVersion: '1.17.6',
    artifacts: [
      {
        kind: 'archive',
        commits: { '1.17.6': '02b73d4b', '1.17.5': 'aaaaaaaa' },
        platforms: {
          'linux-x64': {
            url: 'https://store.example/geth-linux-amd64-{version}-{commit}.tar.gz',
            format: 'tar.gz',
            bin: 'geth-linux-amd64-{version}-{commit}/geth',
            checksum: { url: 'https://store.example/geth-{version}-{commit}.sha256', form: 'bare' },
          },
        },
      },
    ],
  };

  it('is the published file of the platform, in the default version unless one is wished', () => {
    expect(choose({ client: geth })).toEqual({
      source: 'archive',
      version: '1.17.6',
      url: 'https://store.example/geth-linux-amd64-1.17.6-02b73d4b.tar.gz',
      format: 'tar.gz',
      bin: 'geth-linux-amd64-1.17.6-02b73d4b/geth',
      checksum: { url: 'https://store.example/geth-1.17.6-02b73d4b.sha256', form: 'bare' },
    });
    expect(choose({ client: geth, version: '1.17.5' })).toMatchObject({ version: '1.17.5' });
  });

  it('is refused for a platform without a file, and for a version whose commit nobody knows', () => {
    expect(() => chooseArtifact({ client: geth }, 'darwin-arm64')).toThrow('1.17.6 for darwin-arm64');
    expect(() => choose({ client: geth, version: '1.0.0' })).toThrow('not in version 1.0.0');
  });

  it('of a configured file has its form by its ending, or as it is said', () => {
    const from = (artifact: object) =>
      choose({ client: geth, version: '1', artifact: { kind: 'archive', bin: 'x', url: 'u', ...artifact } });
    expect(from({ url: 'https://example.org/{version}-{os}-{arch}.zip?x' })).toMatchObject({
      url: 'https://example.org/1-linux-amd64.zip?x',
      format: 'zip',
    });
    expect(from({ url: 'https://example.org/x' })).toMatchObject({ format: 'tar.gz' });
    expect(from({ format: 'program' })).toMatchObject({ format: 'program' });
  });

  it('is refused when nobody could tell which version is meant', () => {
    const artifact = { kind: 'archive', url: 'https://example.org/{version}.tar.gz', bin: 'x' } as const;
    expect(() => choose({ client: ethereumjs, artifact })).toThrow(
      expect.objectContaining({ code: 'EPH-ARTIFACT-NO-SOURCE' }),
    );
    const bare = { ...ethereumjs, artifacts: [] };
    expect(() => choose({ client: bare, version: '1' })).toThrow('not in version 1');
  });

  it('has a key that tells layer, client and wished version', () => {
    expect(keyOf({ client: ethereumjs })).toBe('execution/ethereumjs');
    expect(keyOf({ client: ethereumjs, version: '1.0' })).toBe('execution/ethereumjs@1.0');
  });

  it.each([
    ['1.0.0', '../elsewhere'],
    ['1.0.0', 'git+https://example.org/x'],
    ['1.0.0', '@scope/../x'],
    ['latest/../..', 'fine'],
    ['--prefix=/', 'fine'],
    ['^1.0.0', 'fine'],
  ])('is no npm package %s of %s', (version, name) => {
    const artifact = { kind: 'npm', package: name } as const;
    expect(() => choose({ client: ethereumjs, version, artifact })).toThrow(
      expect.objectContaining({ code: 'EPH-ARTIFACT-NO-SOURCE' }),
    );
  });
});
