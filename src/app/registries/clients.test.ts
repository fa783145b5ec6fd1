import { describe, expect, it } from 'vitest';
import { clients } from './clients.ts';

describe('checksums of published archives', () => {
  const given = clients.flatMap(({ id, layer, artifacts }) =>
    artifacts.flatMap((choice) => {
      const checksum = choice.kind === 'archive' ? choice.platforms['linux-x64']?.checksum : undefined;
      return checksum === undefined ? [] : [[`${layer}/${id}`, checksum.url] as const];
    }),
  );

  // Source: the release workflows of the projects. Others sign with OpenPGP, or publish none in a file of its own.
  it('are taken where a publisher has them in a file', () => {
    expect(Object.fromEntries(given)).toEqual({
      'execution/besu':
        'https://github.com/besu-eth/besu/releases/download/{version}/besu-{version}.tar.gz.sha256',
      'execution/erigon':
        'https://github.com/erigontech/erigon/releases/download/v{version}/erigon_v{version}_checksums.txt',
      'consensus/prysm': expect.stringMatching(/\/beacon-chain-v\{version\}-linux-amd64\.sha256$/),
      'validator/prysm': expect.stringMatching(/\/validator-v\{version\}-linux-amd64\.sha256$/),
    });
  });
});

describe('programs that a client needs of the host', () => {
  it('are named as they are on a PATH, and in words for people', () => {
    const needs = clients.flatMap(({ artifacts }) =>
      artifacts.flatMap((choice) => (choice.kind === 'archive' ? (choice.needs ?? []) : [])),
    );
    expect(needs.length).toBeGreaterThan(0);
    for (const { program, words } of needs) {
      expect(program).toMatch(/^[\w.+-]+$/);
      expect(words).toMatch(/^[A-Z].* /);
    }
  });
});
