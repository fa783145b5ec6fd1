import { join } from 'node:path';
import type { NetworkDefinition } from '../../src/core/network/definition.ts';
import type { ForkName } from '../../src/core/network/forks.ts';
import { releaseTag, scheduleOf } from '../../src/core/network/schedule.ts';
import { buildRelease } from '../../src/genesis/build-release.ts';
import { devnetInputs } from '../../src/genesis/devnet-inputs.ts';
import { writeRelease } from '../../src/genesis/write-release.ts';
import type { ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';

export interface RealNetworkSettings {
  readonly slotSeconds: number;
  readonly periodSeconds: number;
  readonly genesisDelaySeconds: number;
  readonly lastFork: ForkName;
  /** Of iteration 1, seconds. */
  readonly startSeconds: number;
  readonly validators: readonly Pick<ValidatorKey, 'pubkey'>[];
  readonly enrs: readonly string[];
  readonly enodes: readonly string[];
}

const name = 'real';

/** The network as whoever follows it is told of it, in a file. */
export function definitionText(settings: RealNetworkSettings): string {
  return `name: ${name}
baseTimeSeconds: ${settings.startSeconds - settings.periodSeconds}
baseChainId: 7338000
periodSeconds: ${settings.periodSeconds}
genesisDelaySeconds: ${settings.genesisDelaySeconds}
releaseSources: [{ kind: directory, path: ./releases }]
`;
}

/** Builds the releases of these iterations into `releases` under the folder, as the definition's source wants them. */
export async function writeReleases(
  folder: string,
  definition: NetworkDefinition,
  {
    settings,
    iterations,
  }: { readonly settings: RealNetworkSettings; readonly iterations: readonly number[] },
): Promise<void> {
  const credentials = `0x01${'00'.repeat(11)}${'aa'.repeat(20)}`;
  const first = scheduleOf(definition, 0);
  const lines = settings.validators.map(
    ({ pubkey }) => `0x${Buffer.from(pubkey).toString('hex')}:${credentials}:${32_000_000_000}`,
  );
  const inputs = devnetInputs({
    iteration: 0,
    chainId: first.chainId,
    startSeconds: first.startSeconds,
    periodSeconds: settings.periodSeconds,
    genesisDelaySeconds: settings.genesisDelaySeconds,
    slotSeconds: settings.slotSeconds,
    validators: [{ name: 'all', lines }],
    enodes: settings.enodes,
    enrs: settings.enrs,
  });
  for (const iteration of iterations) {
    const tag = releaseTag(definition, iteration);
    const tagPrefix = definition.releaseTagPrefix;
    const release = await buildRelease({ inputs, iteration, lastFork: settings.lastFork, tagPrefix });
    await writeRelease(release, join(folder, 'releases', tag));
  }
}
