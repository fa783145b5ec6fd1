import { describe, expect, it } from 'vitest';
import { parseDefinition } from './parse-definition.ts';

const minimal = { name: 'mine', baseTimeSeconds: 1_000_000, baseChainId: 5000, periodSeconds: 3600 };
const parse = (content: unknown) => parseDefinition(content, 'network.yaml', '/home/me');

describe('a network definition from a file', () => {
  it('takes leads, delay and prefix by default', () => {
    expect(parse(minimal)).toEqual({
      ...minimal,
      genesisDelaySeconds: 15,
      publishLeadSeconds: 900,
      prefetchLeadSeconds: 900,
      releaseTagPrefix: 'mine-',
      releaseSources: [],
      checkpointProviders: [],
    });
  });

  it('takes sources of each kind, with paths from the folder of the file', () => {
    const releaseSources = [
      { kind: 'github', url: 'https://example.org/a/b/' },
      { kind: 'mirror', url: 'http://127.0.0.1:8080/latest' },
      { kind: 'directory', path: 'releases' },
    ];
    expect(parse({ ...minimal, releaseSources, genesisForkVersion: '0x1000101B' })).toMatchObject({
      releaseSources: [
        { kind: 'github', url: 'https://example.org/a/b' },
        { kind: 'mirror', url: 'http://127.0.0.1:8080/latest' },
        { kind: 'directory', path: '/home/me/releases' },
      ],
      genesisForkVersion: '0x1000101b',
    });
  });

  it.each([
    [undefined, '(top)'],
    [[], '(top)'],
    [{ ...minimal, name: '../x' }, 'name'],
    [{ ...minimal, periodSeconds: 1.5 }, 'periodSeconds'],
    [{ ...minimal, periodSeconds: 0 }, 'periodSeconds'],
    [{ ...minimal, baseTimeSeconds: undefined }, 'baseTimeSeconds'],
    [{ ...minimal, genesisDelaySeconds: 3600 }, 'genesisDelaySeconds'],
    [{ ...minimal, releaseTagPrefix: '../' }, 'releaseTagPrefix'],
    [{ ...minimal, releaseSources: {} }, 'releaseSources'],
    [{ ...minimal, releaseSources: [{ kind: 'ftp' }] }, 'releaseSources[0].kind'],
    [{ ...minimal, releaseSources: [{ kind: 'mirror', url: 'file:///etc' }] }, 'releaseSources[0].url'],
    [{ ...minimal, releaseSources: [{ kind: 'directory' }] }, 'releaseSources[0].path'],
    [{ ...minimal, checkpointProviders: ['http://us:word@127.0.0.1:1'] }, 'checkpointProviders[0]'],
    [{ ...minimal, genesisForkVersion: 268439579 }, 'genesisForkVersion'],
    [{ ...minimal, perod: 1 }, 'perod'],
  ])('%j is refused, naming file and field', (content, field) => {
    expect(() => parse(content)).toThrowError(`network.yaml: ${field}: `);
  });
});
