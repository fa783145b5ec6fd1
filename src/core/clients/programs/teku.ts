import { fusaka, pectra } from '../announcements.ts';
import { archives, everywhere, githubReleases, ownProgram } from '../archives.ts';
import { forkSupport } from '../fork-support.ts';

/** One program; the validator client is a sub-command. */
export const tekuProgram = {
  displayName: 'Teku',
  artifacts: [
    { kind: 'image', image: 'consensys/teku', tag: '{version}' },
    archives(
      everywhere('teku-{version}'),
      (name) => ({
        url: `https://artifacts.consensys.net/public/teku/raw/names/teku.tar.gz/versions/{version}/${name}.tar.gz`,
        format: 'tar.gz',
        bin: `${name}/bin/teku`,
      }),
      {
        needs: [{ program: 'java', words: 'Java 25 or later; Java 21 does for versions before 26.6' }],
        releases: githubReleases('Consensys/teku', '{version}'),
      },
    ),
    ownProgram,
  ],
  defaultVersion: '26.9.1',
  ...forkSupport(
    { fork: 'electra', since: '25.4.1', source: pectra },
    { fork: 'fulu', since: '25.11.0', source: fusaka },
  ),
} as const;
