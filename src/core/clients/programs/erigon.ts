import { archives, githubRelease, ownProgram } from '../archives.ts';
import type { ArtifactChoice } from '../artifact-choice.ts';

/** Of Erigon, and of all that runs inside it. */
export const erigonVersion = '3.7.0';

/**
 * The first version of which it is sure that it knows Caplin's QUIC port: a flag that it does not know ends it. Source:
 * erigontech/erigon, issue 23398 and pull request 24117.
 */
export const caplinQuicSince = '3.8.0';

/** All that Caplin's API can be asked; it has none of them unless it is told. */
export const caplinApi = '--beacon.api=beacon,builder,config,debug,events,node,validator,lighthouse';

/** A checkpoint, as the address of a state. */
export function caplinCheckpoint(url: string): string {
  return `--caplin.checkpoint-sync-url=${url.replace(/\/$/, '')}/eth/v2/debug/beacon/states/finalized`;
}

const folder = (platform: string) => `erigon_v{version}_${platform}`;

/**
 * A program of Erigon's releases: each archive and each image holds several. Source: `BINARIES` in
 * .github/workflows/release.yml of erigontech/erigon.
 */
export function erigonRelease(program: 'erigon' | 'caplin'): readonly ArtifactChoice[] {
  // The entrypoint of the image is Erigon itself.
  const command = program === 'erigon' ? {} : { command: [program] };
  return [
    { kind: 'image', image: 'erigontech/erigon', tag: 'v{version}', ...command },
    archives({ 'linux-x64': 'linux_amd64', 'linux-arm64': 'linux_arm64' }, (platform) => ({
      url: githubRelease('erigontech/erigon', 'v{version}', `${folder(platform)}.tar.gz`),
      format: 'tar.gz',
      bin: `${folder(platform)}/${program}`,
      checksum: {
        url: githubRelease('erigontech/erigon', 'v{version}', 'erigon_v{version}_checksums.txt'),
        form: 'sha256sum',
      },
    })),
    ownProgram,
  ];
}
