import { fusaka, pectra } from '../announcements.ts';
import { archives, githubRelease, ownProgram } from '../archives.ts';
import type { ArtifactChoice } from '../artifact-choice.ts';
import { forkSupport } from '../fork-support.ts';

const file = (platform: string) => `nimbus-eth2_${platform}_{version}_{commit}`;

/** Two programs of one archive, with an image each. */
export function nimbusArtifacts(image: string, program: string): readonly ArtifactChoice[] {
  return [
    { kind: 'image', image, tag: 'multiarch-v{version}' },
    archives(
      { 'linux-x64': 'Linux_amd64', 'linux-arm64': 'Linux_arm64v8', 'darwin-arm64': 'macOS_arm64' },
      (platform) => ({
        url: githubRelease('status-im/nimbus-eth2', 'v{version}', `${file(platform)}.tar.gz`),
        format: 'tar.gz',
        bin: `${file(platform)}/build/${program}`,
      }),
      { commits: { '26.5.0': '6fb05f36', '26.7.0': '4110bc78' } },
    ),
    ownProgram,
  ];
}

export const nimbusRelease = {
  displayName: 'Nimbus',
  defaultVersion: '26.7.0',
  ...forkSupport(
    { fork: 'electra', since: '25.4.1', source: pectra },
    { fork: 'fulu', since: '25.11.0', source: fusaka },
  ),
  jsonLogs: ['--log-format=json'],
} as const;

/** What both of its programs have in common that a reader should know. */
export const nimbusNotes = [
  'The length of a slot is compiled into it: networks with slots other than 12 s need a build of your own.',
  'Its archives bear a commit in their names, so that only versions whose commit we know can be had as archives.',
] as const;
