import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureFolder } from '../../base/atomic-files.ts';
import { isEphemeryError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { releaseTag, scheduleOf } from '../../core/network/schedule.ts';
import { parseValidatorsFile } from '../../core/network/validators-file.ts';
import { type DevnetSettings, devnetDefinition } from './devnet-settings.ts';
import { type LeftOutFile, type PlacedValidators, readPlacedValidators } from './placed-validators.ts';

/**
 * Accounts with ether from the start, by address, in ETH: the first three of the mnemonic that development
 * tools ship ("test test … junk"), whose keys everybody knows. Of use on a network of one machine only.
 */
const fundedEth: Readonly<Record<string, number>> = {
  '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266': 1_000_000,
  '0x70997970C51812dc3A010C7d01b50e0d17dc79C8': 1_000_000,
  '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC': 1_000_000,
};

/** Whither the validators' rewards are withdrawn: the second funded account, as 0x01 credentials. */
const withdrawalCredentials = '0x01000000000000000000000070997970C51812dc3A010C7d01b50e0d17dc79C8';
const balanceGwei = 32_000_000_000;

/** Exits can be rehearsed within an iteration of minutes. */
const shortEpochs = 2;

/** What a devnet's users have to do with its releases. */
export interface DevnetUsers {
  /** Read for each release: files with validators of the network's users. */
  readonly validatorsFolder: string;
  readonly log: Log;
  /** Told of each release that is made, whatever was left out of it. */
  noteLeftOut(iteration: number, files: readonly LeftOutFile[]): Promise<void>;
}

/** The releases of a devnet on the disk: one folder an iteration, named after its tag. */
export class DevnetReleases {
  private readonly settings: DevnetSettings;
  private readonly folder: string;
  private readonly users: DevnetUsers;
  /** Of one iteration only one build is under way; the second caller gets the first one's. */
  private readonly builds = new Map<number, Promise<string>>();

  constructor(settings: DevnetSettings, folder: string, users: DevnetUsers) {
    this.settings = settings;
    this.folder = folder;
    this.users = users;
  }

  /** Makes the release of an iteration unless it is there. Returns its folder. */
  build(iteration: number, signal: AbortSignal): Promise<string> {
    const running = this.builds.get(iteration) ?? this.make(iteration, signal);
    this.builds.set(iteration, running);
    return running.finally(() => this.builds.delete(iteration));
  }

  /** Removes the releases of iterations before this one. */
  async prune(oldestKept: number): Promise<void> {
    const prefix = releaseTag(devnetDefinition(this.settings), 0).slice(0, -1);
    for (const name of await readdir(this.folder)) {
      const iteration = name.startsWith(prefix) ? Number(name.slice(prefix.length)) : Number.NaN;
      if (iteration < oldestKept) await rm(join(this.folder, name), { recursive: true, force: true });
    }
  }

  private async make(iteration: number, signal: AbortSignal): Promise<string> {
    const { settings } = this;
    const definition = devnetDefinition(settings);
    const folder = join(this.folder, releaseTag(definition, iteration));
    await ensureFolder(this.folder);
    if ((await readdir(this.folder)).includes(releaseTag(definition, iteration))) return folder;
    const [{ buildRelease }, { writeRelease }] = await Promise.all([
      import('../../genesis/build-release.ts'),
      import('../../genesis/write-release.ts'),
    ]);
    const release = await buildRelease({
      inputs: await this.inputs(iteration),
      iteration,
      lastFork: settings.lastFork,
      tagPrefix: definition.releaseTagPrefix,
      signal,
    });
    try {
      await writeRelease(release, folder, { signal });
    } catch (cause) {
      if (!isEphemeryError(cause, 'EPH-GENESIS-OUTPUT-EXISTS')) throw cause;
    }
    return folder;
  }

  /** The devnet's inputs in the public network's form: the validators of its seed, then those of its users. */
  private async inputs(iteration: number) {
    const [{ devnetInputs }, { deriveValidatorKeys }, { isOnCurve }] = await Promise.all([
      import('../../genesis/devnet-inputs.ts'),
      import('../../mayfly/keys/validator-keys.ts'),
      import('../../mayfly/keys/point.ts'),
    ]);
    const { settings, users } = this;
    const keys = deriveValidatorKeys(settings.seed, settings.validators);
    const own = { name: settings.name, lines: keys.map(({ pubkey }) => validatorLine(pubkey)) };
    const taken = parseValidatorsFile(`${own.name}.txt`, own.lines.join('\n'));
    const reader = { isKey: isOnCurve, log: users.log };
    const { placed, leftOut } = await readPlacedValidators(users.validatorsFolder, taken, reader);
    this.tell(placed);
    await users.noteLeftOut(iteration, leftOut);
    return devnetInputs(inputsOf(settings, [own, ...placed]));
  }

  private tell(placed: readonly PlacedValidators[]): void {
    const { log } = this.users;
    for (const { name, count } of placed) log.info('genesis validators are placed', { file: name, count });
    const others = placed.reduce((sum, { count }) => sum + count, 0);
    if (others * 2 <= this.settings.validators) return;
    log.warn('without its users the network would not finalise', { others, own: this.settings.validators });
  }
}

type NamedLines = Pick<PlacedValidators, 'name' | 'lines'>;

function inputsOf(settings: DevnetSettings, validators: readonly NamedLines[]) {
  const first = scheduleOf(devnetDefinition(settings), 0);
  return {
    iteration: 0,
    chainId: first.chainId,
    startSeconds: first.startSeconds,
    periodSeconds: settings.periodSeconds,
    genesisDelaySeconds: settings.genesisDelaySeconds,
    slotSeconds: settings.slotSeconds,
    shardCommitteePeriod: shortEpochs,
    minValidatorWithdrawabilityDelay: shortEpochs,
    validators,
    premineEth: fundedEth,
  };
}

function validatorLine(pubkey: Uint8Array): string {
  return `0x${Buffer.from(pubkey).toString('hex')}:${withdrawalCredentials}:${balanceGwei}`;
}
