import { fusaka, pectra } from '../announcements.ts';
import { archives, everywhere, githubRelease, ownProgram } from '../archives.ts';
import { forkSupport } from '../fork-support.ts';

/** One program; the validator client is a sub-command. */
export const tekuProgram = {
  displayName: 'Teku',
  artifacts: [
    { kind: 'image', image: 'consensys/teku', tag: '{version}' },
    archives(
      everywhere('teku-{version}'),
      (name) => {
        // Source: `publish-release.yml` of Consensys/teku, which has put both there since 25.11.0.
        const url = githubRelease('Consensys/teku', '{version}', `${name}.tar.gz`);
        const checksum = { url: `${url}.sha256`, form: 'sha256sum' } as const;
        return { url, format: 'tar.gz', bin: `${name}/bin/teku`, checksum };
      },
      { needs: [{ program: 'java', words: 'Java 25 or later; Java 21 does for versions before 26.6' }] },
    ),
    ownProgram,
  ],
  defaultVersion: '26.9.1',
  ...forkSupport(
    { fork: 'electra', since: '25.4.1', source: pectra },
    { fork: 'fulu', since: '25.11.0', source: fusaka },
  ),
} as const;
