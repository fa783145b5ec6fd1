import { bundleFiles } from '../../network/bundle.ts';
import { fusaka, pectra } from '../announcements.ts';
import { archives, githubRelease, ownProgram } from '../archives.ts';
import type { ArtifactChoice } from '../artifact-choice.ts';
import type { ClientContext, ClientFile } from '../client.ts';
import { forkSupport } from '../fork-support.ts';

/** Two programs, each a download and an image of its own. */
export function prysmArtifacts(program: 'beacon-chain' | 'validator'): readonly ArtifactChoice[] {
  return [
    { kind: 'image', image: `gcr.io/offchainlabs/prysm/${program}`, tag: 'v{version}' },
    archives(
      {
        'linux-x64': 'linux-amd64',
        'linux-arm64': 'linux-arm64',
        'darwin-x64': 'darwin-amd64',
        'darwin-arm64': 'darwin-arm64',
      },
      (platform) => {
        const bin = `${program}-v{version}-${platform}`;
        const url = githubRelease('OffchainLabs/prysm', 'v{version}', bin);
        return { url, format: 'program', bin, checksum: { url: `${url}.sha256`, form: 'sha256sum' } };
      },
    ),
    ownProgram,
  ];
}

export const prysmRelease = {
  displayName: 'Prysm',
  defaultVersion: '7.1.8',
  ...forkSupport(
    { fork: 'electra', since: '6.0.0', source: pectra },
    { fork: 'fulu', since: '7.0.0', source: fusaka },
  ),
  jsonLogs: ['--log-format=json'],
} as const;

const configFile = 'config.yaml';

export const prysmNotes = [
  "It does not read the network's config.yaml as it is: keys that it does not know are an error to it, and without a Gloas version it takes that of mainnet. We give it a copy without `EPHEMERY_RESET_PERIOD` and `NUMBER_OF_COLUMNS` and with a Gloas fork that never comes.",
] as const;

/** Its own copy of the network's configuration, in its data directory. */
export const prysmFiles: readonly ClientFile[] = [
  { path: configFile, from: [bundleFiles.consensusConfig], derive: prysmConfig },
];

export function prysmConfigPath(context: ClientContext): string {
  return `${context.paths.data}/${configFile}`;
}

const unknownKeys = ['EPHEMERY_RESET_PERIOD', 'NUMBER_OF_COLUMNS'];
const farFutureEpoch = '18446744073709551615';

/** A network's config.yaml as Prysm takes it. */
export function prysmConfig(config: string): string {
  const lines = config.split('\n').filter((line) => !unknownKeys.includes(keyOf(line)));
  const keys = lines.map(keyOf);
  const additions = [
    ...(keys.includes('GLOAS_FORK_VERSION') ? [] : [`GLOAS_FORK_VERSION: ${versionAfterFulu(lines)}`]),
    ...(keys.includes('GLOAS_FORK_EPOCH') ? [] : [`GLOAS_FORK_EPOCH: ${farFutureEpoch}`]),
  ];
  return `${[lines.join('\n').trimEnd(), ...additions].join('\n')}\n`;
}

function keyOf(line: string): string {
  return line.split(':', 1)[0] ?? '';
}

/** Versions of one network differ in their first digit, by one a fork. */
function versionAfterFulu(lines: readonly string[]): string {
  const line = lines.find((candidate) => keyOf(candidate) === 'FULU_FORK_VERSION') ?? '';
  const digits = /0x([0-9a-fA-F]{8})/.exec(line)?.[1] ?? '70000000';
  const next = (Number.parseInt(digits, 16) + 0x10000000) >>> 0;
  return `0x${next.toString(16).padStart(8, '0')}`;
}
