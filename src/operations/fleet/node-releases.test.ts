import { describe, expect, it } from 'vitest';
import type { Finding } from '../../core/findings/finding.ts';
import { releaseFindings } from '../../core/findings/release.ts';
import type { ReleaseLibrary } from '../../releases/release-library.ts';
import { nodeReleases } from './node-releases.ts';

const { signal } = new AbortController();
const differ: Finding = releaseFindings.create('EPH-RELEASE-SOURCES-DIFFER', {
  source: 'github',
  other: 'mirror',
  files: ['metadata/genesis.json'],
});
const failed = (source: string): Finding =>
  releaseFindings.create('EPH-RELEASE-SOURCE-FAILED', { source, problem: 'p' });

/** A library that has every release; `compare` and `findings` as given. */
function libraryWith(
  compare: ReleaseLibrary['compare'],
  findings: (iteration: number) => readonly Finding[] = () => [],
): ReleaseLibrary {
  return {
    obtain: async ({ iteration }: { iteration: number }) => ({
      outcome: 'held',
      findings: findings(iteration),
      reports: [],
    }),
    compare,
    clockFindings: () => [],
  } as unknown as ReleaseLibrary;
}

describe('the releases of a node', () => {
  it('are held against a second source beside whoever waits for them, until one could be asked', async () => {
    const answers = [undefined, [differ]];
    let asked = 0;
    const releases = nodeReleases(
      libraryWith(async () => {
        asked += 1;
        return answers.shift();
      }),
    );
    for (const expected of [1, 2, 2]) {
      expect(await releases.obtain(7, signal)).toEqual({ answer: 'found' });
      await new Promise(setImmediate);
      expect(asked).toBe(expected);
    }
    expect(releases.findings()).toEqual([differ]);
  });

  it('do not wait for a second source that never answers', async () => {
    const releases = nodeReleases(libraryWith(() => new Promise(() => undefined)));
    expect(await releases.obtain(7, signal)).toEqual({ answer: 'found' });
  });

  it('are told of for the two latest iterations, each by its own last answer', async () => {
    const releases = nodeReleases(
      libraryWith(
        async () => [],
        (iteration) => [failed(`${iteration}`)],
      ),
    );
    for (const iteration of [5, 6, 7, 6]) await releases.obtain(iteration, signal);
    expect(releases.findings().map(({ facts }) => facts.source)).toEqual(['6', '7']);
  });
});
