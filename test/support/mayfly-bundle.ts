import { join } from 'node:path';
import { bundleFiles } from '../../src/core/network/bundle.ts';
import { buildRelease } from '../../src/genesis/build-release.ts';
import { devnetInputs } from '../../src/genesis/devnet-inputs.ts';
import { writeRelease } from '../../src/genesis/write-release.ts';
import { deriveValidatorKeys, type ValidatorKey } from '../../src/mayfly/keys/validator-keys.ts';

export interface MayflyBundleOptions {
  readonly seed: string;
  readonly validators: number;
  readonly genesisTimeSeconds: number;
  readonly slotSeconds: number;
  /** Validators that are not of the seed, after those that are. */
  readonly others?: readonly Pick<ValidatorKey, 'pubkey'>[];
}

export interface MayflyBundle {
  readonly directory: string;
  readonly executionGenesisPath: string;
}

/** An Electra release as a devnet has it, in a new folder: the validators of the seed and the iteration's dummy. */
export async function writeMayflyBundle(
  directory: string,
  options: MayflyBundleOptions,
): Promise<MayflyBundle> {
  const genesisDelaySeconds = 5;
  const credentials = `0x01${'00'.repeat(11)}${'aa'.repeat(20)}`;
  const keys = deriveValidatorKeys(options.seed, options.validators);
  const inputs = devnetInputs({
    iteration: 0,
    chainId: 39_438_999,
    startSeconds: options.genesisTimeSeconds - genesisDelaySeconds,
    periodSeconds: 86_400,
    genesisDelaySeconds,
    slotSeconds: options.slotSeconds,
    validators: [
      {
        name: 'own',
        lines: [...keys, ...(options.others ?? [])].map(
          (key) => `0x${Buffer.from(key.pubkey).toString('hex')}:${credentials}:${32_000_000_000}`,
        ),
      },
    ],
  });
  const release = await buildRelease({ inputs, iteration: 0, lastFork: 'electra', archives: false });
  await writeRelease(release, directory);
  return { directory, executionGenesisPath: join(directory, bundleFiles.executionGenesis) };
}
