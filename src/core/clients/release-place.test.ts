import { describe, expect, it } from 'vitest';
import { mayfly } from './consensus/mayfly.ts';
import { ethereumjs } from './execution/ethereumjs.ts';
import { geth } from './execution/geth.ts';
import { reth } from './execution/reth.ts';
import { tekuProgram } from './programs/teku.ts';
import { releasePageOf, releasePlaceOf, versionOfTag } from './release-place.ts';

describe('where the newest release of a client can be asked for', () => {
  it('is the page that its archives belong to', () => {
    expect(releasePlaceOf(reth.artifacts)).toEqual({
      kind: 'page',
      page: 'https://github.com/paradigmxyz/reth/releases',
      tag: 'v{version}',
    });
  });

  it.each([
    ['geth', geth.artifacts, 'https://github.com/ethereum/go-ethereum/releases'],
    ['teku', tekuProgram.artifacts, 'https://github.com/Consensys/teku/releases'],
  ])('is told for %s, whose files lie elsewhere', (_, artifacts, page) => {
    expect(releasePlaceOf(artifacts)).toMatchObject({ kind: 'page', page });
  });

  it('is npm for a package, and nowhere for what ships with us', () => {
    expect(releasePlaceOf(ethereumjs.artifacts)).toEqual({ kind: 'npm', package: '@ethereumjs/client' });
    expect(releasePlaceOf(mayfly.artifacts)).toBeUndefined();
  });

  it.each([
    'https://example.org/client-{version}.tar.gz',
    'https://example.org/{os}/toy/releases/download/v1/file',
    'https://example.org/toy/releases/download/v1',
    'ftp://example.org/a/b/releases/download/v1/file',
    'https://example.org/a?b=/releases/download/v1/file',
  ])('is not %s', (url) => {
    expect(releasePageOf(url)).toBeUndefined();
  });
});

describe('the version of a tag', () => {
  it.each([
    ['v1.2.3', 'v{version}', '1.2.3'],
    ['1.2.3', '{version}', '1.2.3'],
    ['v1.2.3', '{version}', '1.2.3'],
    ['1.2.3', 'v{version}', '1.2.3'],
    ['2.1.0-rc.1', 'v{version}', '2.1.0-rc.1'],
    ['client-1.2-final', 'client-{version}-final', '1.2'],
    ['v1.2.3', 'v1.2.2', '1.2.3'],
  ])('%s of %s is %s', (tag, pattern, version) => {
    expect(versionOfTag(tag, pattern)).toBe(version);
  });

  it.each(['nightly', 'v1', '', 'v1.2.3/../x', 'v1.2.3\n', `v1.2.3-${'a'.repeat(33)}`, 'vv1.2.3', 'v1.2.x'])(
    'is none for %j',
    (tag) => {
      expect(versionOfTag(tag, 'v{version}')).toBeUndefined();
    },
  );
});
