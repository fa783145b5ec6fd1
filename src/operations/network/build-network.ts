import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ForkName } from '../../core/network/forks.ts';
import type { NetworkIdentity } from '../../core/network/identity.ts';
import type { BuildStep } from '../../genesis/build-release.ts';
import { writablePath } from '../keys/output-files.ts';
import type { Services } from '../services.ts';

export interface BuildWish {
  readonly inputs: string;
  readonly iteration: number;
  /** Must not exist yet. */
  readonly out: string;
  readonly lastFork?: ForkName | undefined;
  readonly tagPrefix: string;
}

export interface BuildReport {
  readonly directory: string;
  readonly tag: string;
  readonly identity: NetworkIdentity;
  /** T */
  readonly startSeconds: number;
  readonly periodSeconds: number;
  readonly genesisFork: ForkName;
  readonly highestFork: ForkName;
  readonly validatorFiles: number;
  /** Paths in the directory, the archives last. */
  readonly files: readonly string[];
  readonly durationMs: number;
}

export interface BuildWatch {
  readonly signal: AbortSignal;
  readonly onProgress: (doing: string) => void;
}

const stepWords: Readonly<Record<BuildStep, string>> = {
  inputs: 'Reading the inputs',
  execution: 'Making the execution genesis',
  consensus: 'Making the consensus genesis',
  files: 'Making the files',
  archives: 'Packing the archives',
};

/**
 * Builds the release of one iteration from inputs of the public network's form. The folder appears whole or
 * not at all. Throws EPH-GENESIS-*, EPH-KEYS-OUTPUT-UNWRITABLE, EPH-VALIDATORS-*, EPH-NETWORK-VARIABLES-SYNTAX, and the signal's reason.
 */
export async function buildNetwork(
  { clock, host }: Pick<Services, 'clock' | 'host'>,
  wish: BuildWish,
  { signal, onProgress }: BuildWatch,
): Promise<BuildReport> {
  const beganMs = clock.monotonicMs();
  const directory = resolve(host.workingDirectory, wish.out);
  await refuseExisting(directory);
  await writablePath(host, wish.out);
  const [{ readInputs }, { buildRelease }, { writeRelease }] = await Promise.all([
    import('../../genesis/read-inputs.ts'),
    import('../../genesis/build-release.ts'),
    import('../../genesis/write-release.ts'),
  ]);
  const inputs = await readInputs(resolve(host.workingDirectory, wish.inputs));
  const release = await buildRelease({
    inputs,
    iteration: wish.iteration,
    tagPrefix: wish.tagPrefix,
    ...(wish.lastFork === undefined ? {} : { lastFork: wish.lastFork }),
    signal,
    onProgress: (step) => onProgress(stepWords[step]),
  });
  onProgress(`Writing ${directory}`);
  await writeRelease(release, directory, { signal });
  const { tag, identity, startSeconds, periodSeconds, genesisFork, highestFork } = release;
  return {
    directory,
    tag,
    identity,
    startSeconds,
    periodSeconds,
    genesisFork,
    highestFork,
    validatorFiles: inputs.validators.length,
    files: [...release.files.keys(), ...release.archives.keys()],
    durationMs: Math.round(clock.monotonicMs() - beganMs),
  };
}

/** Said before the work rather than after it; writing looks again. */
async function refuseExisting(directory: string): Promise<void> {
  const there = await lstat(directory).catch(() => undefined);
  if (there === undefined) return;
  const { genesisErrors } = await import('../../genesis/errors.ts');
  throw genesisErrors.create('EPH-GENESIS-OUTPUT-EXISTS', { directory });
}
