import { describe, expect, it } from 'vitest';
import { compareVersions, firstVersionFor, forkSupport } from './fork-support.ts';

const client = forkSupport(
  { fork: 'electra', since: '1.15.0', source: 'this test' },
  { fork: 'fulu', since: '1.16.4', source: 'this test' },
);

describe('the fork that a version reaches', () => {
  it.each([
    ['1.14.9', 'deneb'],
    ['1.15.0', 'electra'],
    ['v1.16.3', 'electra'],
    ['1.16.4', 'fulu'],
    ['1.16.4-rc.1', 'fulu'],
    ['1.17', 'fulu'],
    ['2.0.0', 'fulu'],
  ])('of %s is %s', (version, fork) => {
    expect(client.highestFork(version)).toBe(fork);
  });

  it.each(['stable', 'latest', 'own', 'master-f00ba4'])(
    'of %s, which tells no number, is the newest',
    (tag) => {
      expect(client.highestFork(tag)).toBe('fulu');
    },
  );

  it('is known the other way round', () => {
    expect(firstVersionFor(client, 'electra')).toBe('1.15.0');
    expect(firstVersionFor(client, 'fulu')).toBe('1.16.4');
    expect(firstVersionFor(client, 'gloas')).toBeUndefined();
  });
});

describe('versions', () => {
  it.each([
    ['1.9.0', '1.10.0', -1],
    ['v25.12.0', '25.12', 0],
    ['2.0.0-abc', '2.0.0', 0],
    ['10.0', '9.9.9', 1],
  ])('%s against %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(a, b))).toBe(sign);
  });
});
