import { join } from 'node:path';
import { writeFileAtomic } from '../../base/atomic-files.ts';
import { systemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
import { type KeySource, keySetSource } from '../../mayfly-validator/keys/key-source.ts';
import { readSigningNetwork } from '../../mayfly-validator/network.ts';
import { exportProtection, runValidator } from '../../mayfly-validator/run-validator.ts';
import { createPinoLog } from '../program/pino-log.ts';
import type { ValidatorArguments } from './arguments.ts';

/** Puts the client together and runs it until the signal. */
export async function runMayflyValidator(options: ValidatorArguments, signal: AbortSignal): Promise<void> {
  const network = await readSigningNetwork(options.bundle);
  const { exportProtection: target, dataDir: dataFolder, beaconUrl } = options;
  if (target !== undefined || beaconUrl === undefined) {
    const write = (text: string) => writeFileAtomic(target ?? '', text);
    return exportProtection({ dataFolder, network, interchanges: options.interchange }, write);
  }
  return runValidator({
    network,
    dataFolder,
    beaconUrl,
    keySets: sourcesOf(options),
    interchanges: options.interchange,
    settings: settingsOf(options),
    apiAddress: options.apiAddress,
    apiPort: options.apiPort,
    tokenFile: options.apiToken ?? join(dataFolder, 'api-token.txt'),
    clock: systemClock,
    random: systemRandom,
    log: createPinoLog(options.logLevel),
    signal,
  });
}

function sourcesOf({ keySet, keystores, secrets, feeRecipientOf }: ValidatorArguments): KeySource[] {
  const pairs = keystores.map((folder, i): KeySource => {
    const given = feeRecipientOf.find((recipient) => recipient.keystores === folder);
    const source = { keystores: folder, secrets: secrets[i] ?? '' };
    return given === undefined ? source : { ...source, feeRecipient: given.feeRecipient };
  });
  return [...keySet.map(keySetSource), ...pairs];
}

function settingsOf({ feeRecipient, graffiti, gasLimit }: ValidatorArguments) {
  return {
    ...(feeRecipient === undefined ? {} : { feeRecipient }),
    ...(graffiti === undefined ? {} : { graffiti }),
    ...(gasLimit === undefined ? {} : { gasLimit }),
  };
}
