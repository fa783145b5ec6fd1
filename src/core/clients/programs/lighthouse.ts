import { fusaka, pectra } from '../announcements.ts';
import { archives, githubRelease, ownProgram } from '../archives.ts';
import { forkSupport } from '../fork-support.ts';

/** One program with a sub-command for each layer. */
export const lighthouseProgram = {
  displayName: 'Lighthouse',
  artifacts: [
    { kind: 'image', image: 'sigp/lighthouse', tag: 'v{version}', command: ['lighthouse'] },
    archives(
      {
        'linux-x64': 'x86_64-unknown-linux-gnu',
        'linux-arm64': 'aarch64-unknown-linux-gnu',
        'darwin-arm64': 'aarch64-apple-darwin',
      },
      (platform) => ({
        url: githubRelease('sigp/lighthouse', 'v{version}', `lighthouse-v{version}-${platform}.tar.gz`),
        format: 'tar.gz',
        bin: 'lighthouse',
      }),
    ),
    ownProgram,
  ],
  defaultVersion: '8.2.3',
  ...forkSupport(
    { fork: 'electra', since: '7.0.0', source: pectra },
    { fork: 'fulu', since: '8.0.0', source: fusaka },
  ),
  jsonLogs: ['--log-format=JSON'],
} as const;
