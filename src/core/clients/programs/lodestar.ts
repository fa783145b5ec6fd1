import { fusaka, pectra } from '../announcements.ts';
import { archives, githubRelease, ownProgram } from '../archives.ts';
import { forkSupport } from '../fork-support.ts';

/** One program with a sub-command for each layer. */
export const lodestarProgram = {
  displayName: 'Lodestar',
  artifacts: [
    { kind: 'image', image: 'chainsafe/lodestar', tag: 'v{version}' },
    archives({ 'linux-x64': 'linux-amd64', 'linux-arm64': 'linux-arm64' }, (platform) => ({
      url: githubRelease('ChainSafe/lodestar', 'v{version}', `lodestar-v{version}-${platform}.tar.gz`),
      format: 'tar.gz',
      bin: 'lodestar',
    })),
    ownProgram,
  ],
  defaultVersion: '1.49.0',
  ...forkSupport(
    { fork: 'electra', since: '1.29.0', source: pectra },
    { fork: 'fulu', since: '1.36.0', source: fusaka },
  ),
  jsonLogs: ['--logFormat=json'],
} as const;
