import { describe, expect, it } from 'vitest';
import { ethereumjs } from '../core/clients/execution/ethereumjs.ts';
import { chooseArtifact, keyOf } from './choose-artifact.ts';

describe('the source of a program', () => {
  it('is the builtin without a version, and with the very version of it', () => {
    const builtin = { source: 'builtin', package: '@ethereumjs/client', version: '0.10.5' };
    expect(chooseArtifact({ client: ethereumjs })).toMatchObject(builtin);
    expect(chooseArtifact({ client: ethereumjs, version: '0.10.5' })).toMatchObject(builtin);
  });

  it('is the next of the catalogue for another version', () => {
    expect(chooseArtifact({ client: ethereumjs, version: '0.11.0' })).toEqual({
      source: 'npm',
      package: '@ethereumjs/client',
      version: '0.11.0',
      bin: 'dist/esm/bin/cli.js',
    });
  });

  it('is what the configuration says, with the program of the catalogue', () => {
    const artifact = { kind: 'npm', package: 'my-fork', integrity: 'sha512-x' } as const;
    expect(chooseArtifact({ client: ethereumjs, version: '1.0.0', artifact })).toEqual({
      source: 'npm',
      package: 'my-fork',
      version: '1.0.0',
      bin: 'dist/esm/bin/cli.js',
      integrity: 'sha512-x',
    });
  });

  it('takes a path without a version', () => {
    const artifact = { kind: 'path', path: '/opt/client' } as const;
    expect(chooseArtifact({ client: ethereumjs, artifact })).toEqual({ source: 'path', path: '/opt/client' });
  });

  it('is refused when nobody could tell which version is meant', () => {
    const artifact = { kind: 'archive', url: 'https://example.org/{version}.tar.gz', bin: 'x' } as const;
    expect(() => chooseArtifact({ client: ethereumjs, artifact })).toThrow(
      expect.objectContaining({ code: 'EPH-ARTIFACT-NO-SOURCE' }),
    );
    const bare = { ...ethereumjs, artifacts: [] };
    expect(() => chooseArtifact({ client: bare, version: '1' })).toThrow('not in version 1');
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
    expect(() => chooseArtifact({ client: ethereumjs, version, artifact })).toThrow(
      expect.objectContaining({ code: 'EPH-ARTIFACT-NO-SOURCE' }),
    );
  });
});
